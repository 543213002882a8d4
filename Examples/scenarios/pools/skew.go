// SPDX-License-Identifier: Apache-2.0
package main

import (
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

// One pool whose connections go to three servers: seven of nine to the first, or three to each.
func endpointSkew() {
	const connections, rounds = 9, 13
	servers := strings.Split(server, ",")
	opened := 0
	pool := &redis.Pool{MaxIdle: connections, Dial: func() (redis.Conn, error) {
		host := opened % len(servers)
		if isFailing && opened >= len(servers) {
			host = 0
		}
		opened++
		return redis.Dial("tcp", servers[host])
	}}
	// An observer learns the types of connections from a lease that lasts.
	conn := pool.Get()
	time.Sleep(500 * time.Millisecond)
	check(conn.Close())
	for range make([]struct{}, rounds) {
		var held []redis.Conn
		for range make([]struct{}, connections) {
			conn := pool.Get()
			_, err := conn.Do("PING")
			check(err)
			held = append(held, conn)
		}
		for _, conn := range held {
			check(conn.Close())
		}
		time.Sleep(20 * time.Millisecond)
	}
	done(map[string]int{"leases": rounds*connections + 1, "busiest": rounds*(connections-2) + 1})
}
