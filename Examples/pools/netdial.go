// SPDX-License-Identifier: Apache-2.0

//go:build netdial

package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"sync/atomic"
)

// dialler opens a connection to a Redis server for each lease, by another of net's functions each time.
type dialler struct {
	server  string
	address *net.TCPAddr
	turn    *uint32
}

type dialledLease struct {
	net.Conn
	got int64
}

func openPool(server string) (pool, error) {
	address, err := net.ResolveTCPAddr("tcp", server)
	return dialler{server, address, new(uint32)}, err
}

func (d dialler) acquire(ctx context.Context) (lease, error) {
	var conn net.Conn
	var err error
	began := now()
	switch atomic.AddUint32(d.turn, 1) % 3 {
	case 0:
		conn, err = net.Dial("tcp", d.server)
	case 1:
		conn, err = new(net.Dialer).DialContext(ctx, "tcp", d.server)
	default:
		conn, err = net.DialTCP("tcp", nil, d.address)
	}
	if err != nil {
		return nil, err
	}
	got := now()
	noteDial(conn, began)
	return dialledLease{conn, got}, nil
}

func (l dialledLease) gotAt() int64 { return l.got }

func (l dialledLease) localPort() (int, error) { return l.LocalAddr().(*net.TCPAddr).Port, nil }

func (l dialledLease) use() error {
	if _, err := l.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer, err := bufio.NewReader(l).ReadString('\n')
	if err == nil && answer != "+PONG\r\n" {
		return errors.New(answer)
	}
	return err
}

func (l dialledLease) spoil() {}

// release is called twice, as by programs that defer it as well.
func (l dialledLease) release() error {
	err := l.Close()
	l.Close()
	return err
}
