// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"net"
	"sync"
	"time"
)

type pooledConnection struct {
	id     int
	opened time.Time
	socket net.Conn
}

type connectionPool struct {
	server string
	room   chan struct{}
	lock   sync.Mutex
	idle   []*pooledConnection
	made   int
}

func newPool(server string, size int) *connectionPool {
	return &connectionPool{server: server, room: make(chan struct{}, size)}
}

// borrow is the acquire: the receiver, a text (two words) and a time are its parameters.
func (p *connectionPool) borrow(purpose string, timeout time.Duration) (*pooledConnection, error) {
	select {
	case p.room <- struct{}{}:
	case <-time.After(timeout):
		return nil, errors.New("no connection for " + purpose)
	}
	p.lock.Lock()
	if last := len(p.idle) - 1; last >= 0 {
		connection := p.idle[last]
		p.idle = p.idle[:last]
		p.lock.Unlock()
		return connection, nil
	}
	p.made++
	id := p.made
	p.lock.Unlock()
	socket, err := net.Dial("tcp", p.server)
	if err != nil {
		<-p.room
		return nil, err
	}
	return &pooledConnection{id, time.Now(), socket}, nil
}

// giveBack is the release.
func (p *connectionPool) giveBack(connection *pooledConnection, healthy bool) {
	if !healthy {
		p.discard(connection)
		return
	}
	p.lock.Lock()
	p.idle = append(p.idle, connection)
	p.lock.Unlock()
	<-p.room
}

// discard closes a connection that cannot be used again.
//
//go:noinline
func (p *connectionPool) discard(connection *pooledConnection) {
	connection.socket.Close()
	<-p.room
}

func (c *pooledConnection) ask() error {
	if _, err := c.socket.Write([]byte("ping")); err != nil {
		return err
	}
	_, err := c.socket.Read(make([]byte, 4))
	return err
}
