// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net"
)

const messageBytes = 64

// serve answers each message with itself, after an acquire and a release. Returns the port.
func serve() int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(connection)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func answer(connection net.Conn) {
	defer connection.Close()
	message := make([]byte, messageBytes)
	for {
		if _, err := io.ReadFull(connection, message); err != nil {
			return
		}
		pair()
		if _, err := connection.Write(message); err != nil {
			return
		}
	}
}
