// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// dial is what the program knows of a connection that it has dialled itself, for its pool.
type dial struct {
	began, ended int64
	leases       uint32
}

// dials has the latest of each local port.
var dials sync.Map

// timedDial dials as a pool would, and takes the time.
func timedDial(ctx context.Context, network, address string) (net.Conn, error) {
	began := now()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	noteDial(conn, began)
	return conn, nil
}

func noteDial(conn net.Conn, began int64) {
	if address, ok := conn.LocalAddr().(*net.TCPAddr); ok {
		dials.Store(address.Port, &dial{began: began, ended: now()})
	}
}

// timedDialler is for libraries that want an object.
type timedDialler struct{}

func (timedDialler) Dial(network, address string) (net.Conn, error) {
	return timedDial(context.Background(), network, address)
}

func (timedDialler) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	return timedDial(context.Background(), network, address)
}

func (timedDialler) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return timedDial(ctx, network, address)
}

// noteConnection takes down what is known of the connection with the entry's port: nobody else has it leased.
func (e *entry) noteConnection() {
	if e.Port <= 0 {
		return
	}
	e.Descriptor = descriptorOf(e.Port)
	if found, ok := dials.Load(e.Port); ok {
		dial := found.(*dial)
		dial.leases++
		e.DialBegan, e.Dialled, e.Number = dial.began, dial.ended, dial.leases
	}
}

// descriptorOf is the descriptor of the socket with a local port; -1: there is none.
func descriptorOf(port int) int {
	folder, err := os.Open("/proc/self/fd")
	check(err)
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	check(err)
	for _, name := range names {
		descriptor, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		address, err := syscall.Getsockname(descriptor)
		if err != nil {
			continue
		}
		switch address := address.(type) {
		case *syscall.SockaddrInet4:
			if address.Port == port {
				return descriptor
			}
		case *syscall.SockaddrInet6:
			if address.Port == port {
				return descriptor
			}
		}
	}
	return -1
}
