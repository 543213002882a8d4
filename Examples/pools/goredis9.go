// SPDX-License-Identifier: Apache-2.0

//go:build goredis9

package main

import (
	"context"
	"net"
	"sync"

	"github.com/redis/go-redis/v9"
)

type redisPool struct{ *redis.Client }

// redisLease is a connection that is taken from the pool by the first command.
type redisLease struct {
	*redis.Conn
	got  int64
	port int
}

// writes has the time of the latest write by local port: the library does not say when it has got a connection, but it
// writes the first command at once.
var writes sync.Map

type timedConn struct{ net.Conn }

func (c timedConn) Write(data []byte) (int, error) {
	writes.Store(c.LocalAddr().(*net.TCPAddr).Port, now())
	return c.Conn.Write(data)
}

func openPool(server string) (pool, error) {
	return redisPool{redis.NewClient(&redis.Options{
		Addr: server, PoolSize: poolSize, MaxRetries: -1,
		Dialer: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := timedDial(ctx, network, address)
			return timedConn{conn}, err
		},
	})}, nil
}

func (p redisPool) acquire(ctx context.Context) (lease, error) {
	conn := p.Conn()
	info, err := conn.Do(ctx, "CLIENT", "INFO").Text()
	if err != nil {
		return nil, err
	}
	port, err := redisPort(info)
	got, _ := writes.Load(port)
	return redisLease{conn, got.(int64), port}, err
}

func (l redisLease) gotAt() int64 { return l.got }

func (l redisLease) localPort() (int, error) { return l.port, nil }

func (l redisLease) use() error { return l.Ping(context.Background()).Err() }

func (l redisLease) spoil() {
	ctx := context.Background()
	if info, err := l.Do(ctx, "CLIENT", "INFO").Text(); err == nil {
		l.Do(ctx, "CLIENT", "KILL", "ADDR", redisAddress(info), "SKIPME", "no")
	}
	l.Ping(ctx)
}

func (l redisLease) release() error { return l.Close() }
