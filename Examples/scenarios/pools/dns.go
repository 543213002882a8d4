// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"net"
	"os"
	"time"

	"github.com/gomodule/redigo/redis"
)

// Leases that dial by name, each on a connection of its own; and dials of a name for which the resolver has no answer.
const (
	dialled = 7
	lost    = 2
)

func dnsInAcquire() {
	_, port, err := net.SplitHostPort(server)
	check(err)
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp4", os.Args[4])
	}}
	dialer := &net.Dialer{Resolver: resolver, Timeout: 1300 * time.Millisecond}
	pool := func(name string) *redis.Pool {
		return &redis.Pool{Dial: func() (redis.Conn, error) {
			return redis.Dial("tcp4", net.JoinHostPort(name, port), redis.DialNetDial(dialer.Dial))
		}}
	}
	cache := pool("cache.example.")
	for range make([]struct{}, dialled) {
		conn := cache.Get()
		_, err := conn.Do("PING")
		check(err)
		check(conn.Close())
		time.Sleep(50 * time.Millisecond)
	}
	if isFailing {
		absent := pool("lost.example.")
		for range make([]struct{}, lost) {
			conn := absent.Get()
			if conn.Err() == nil {
				panic("the name was found")
			}
			conn.Close()
		}
	}
	done(map[string]int{"dialled": dialled, "lost": lost})
}
