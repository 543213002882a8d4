// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Where a goroutine waits for what a peer has to say. Kept out of line, so that the stack has it.
//
//go:noinline
func listenTo(peer string) {
	conn, err := net.Dial("tcp", peer)
	check(err)
	_, err = conn.Write([]byte("hello"))
	check(err)
	if !isFailing {
		check(conn.SetReadDeadline(time.Now().Add(time.Hour)))
	}
	go func() {
		conn.Read(make([]byte, 64))
	}()
}

// blockedReader asks a peer that accepts and never speaks, again and again. The healthy program does so with a deadline, and
// has idle connections to a web server, which net/http reads in the background without one.
func blockedReader() {
	const readers, idle = 7, 5
	peers := strings.Fields(server)
	if !isFailing {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: idle}}
		var group sync.WaitGroup
		for worker := 0; worker < idle; worker++ {
			group.Add(1)
			go func() {
				defer group.Done()
				response, err := client.Get("http://" + peers[1] + "/")
				check(err)
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}()
			time.Sleep(400 * time.Millisecond)
		}
		group.Wait()
	}
	for index := 0; index < readers; index++ {
		listenTo(peers[0])
		time.Sleep(400 * time.Millisecond)
	}
	done(map[string]int{"readers": readers})
}
