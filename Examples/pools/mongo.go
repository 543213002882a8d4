// SPDX-License-Identifier: Apache-2.0

//go:build mongo

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

type mongoPool struct {
	*mongo.Client
	number *uint64
}

// mongoLease is a command that is under way: the driver leases a connection for one command, and a goroutine of the lease's
// own runs it. While the command is being written, the lease is held; it ends when the answer has been read.
type mongoLease struct {
	taken   chan taken
	proceed chan bool
	done    chan error
	taker   taken
	ask     int64
	// When the last read of its connection ended, or it is given up.
	last int64
	// The command is not to succeed.
	isSpoilt bool
}

// taken is what the goroutine of a lease tells when it has its connection.
type taken struct {
	goroutine uint64
	ask, got  int64
	port      int
}

// held has the leases that wait for their connection, by the mark in their command.
var held sync.Map

type holdingConn struct {
	net.Conn
	lease *mongoLease
}

func (c *holdingConn) Read(data []byte) (int, error) {
	count, err := c.Conn.Read(data)
	if c.lease != nil {
		c.lease.last = now()
	}
	return count, err
}

func (c *holdingConn) Write(data []byte) (int, error) {
	if at := bytes.Index(data, []byte("lease-")); at >= 0 {
		mark := string(data[at : at+len("lease-")+8])
		if waiting, ok := held.LoadAndDelete(mark); ok {
			c.lease = waiting.(*mongoLease)
			c.lease.taken <- taken{goroutine(), c.lease.ask, now(), c.LocalAddr().(*net.TCPAddr).Port}
			if !<-c.lease.proceed {
				c.lease.last = now()
				// A time-out costs the driver this connection only, another error all of its pool.
				return 0, os.ErrDeadlineExceeded
			}
		}
	}
	return c.Conn.Write(data)
}

type holdingDialer struct{}

func (holdingDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := timedDial(ctx, network, address)
	return &holdingConn{Conn: conn}, err
}

func openPool(server string) (pool, error) {
	client, err := mongo.Connect(context.Background(), options.Client().ApplyURI(server).
		SetMaxPoolSize(poolSize).SetDialer(holdingDialer{}))
	return mongoPool{client, new(uint64)}, err
}

func (p mongoPool) acquire(ctx context.Context) (lease, error) {
	mark := fmt.Sprintf("lease-%08d", atomic.AddUint64(p.number, 1))
	lease := &mongoLease{taken: make(chan taken, 1), proceed: make(chan bool, 1), done: make(chan error, 1)}
	go func() {
		held.Store(mark, lease)
		lease.ask = now()
		lease.done <- p.Database("admin").RunCommand(ctx, bson.D{{"ping", 1}, {"comment", mark}}).Err()
	}()
	select {
	case lease.taker = <-lease.taken:
		return lease, nil
	case err := <-lease.done:
		return nil, err
	}
}

func (l *mongoLease) gotAt() int64 { return l.taker.got }

func (l *mongoLease) holder() (goroutine uint64, askedAt int64) {
	return l.taker.goroutine, l.taker.ask
}

func (l *mongoLease) lastUse() int64 { return l.last }

func (l *mongoLease) localPort() (int, error) { return l.taker.port, nil }

func (l *mongoLease) use() error { return nil }

func (l *mongoLease) spoil() { l.isSpoilt = true }

func (l *mongoLease) release() error {
	l.proceed <- !l.isSpoilt
	err := <-l.done
	if l.isSpoilt {
		return nil
	}
	return err
}
