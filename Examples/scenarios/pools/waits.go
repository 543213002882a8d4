// SPDX-License-Identifier: Apache-2.0
package main

import (
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

// poolWait has eleven workers on a pool of two; the healthy pool has a connection for each of them, which it makes all at one
// time, and each is checked for long before it is handed out.
func poolWait() {
	const workers, rounds = 11, 13
	pool := &redis.Pool{
		Dial:    func() (redis.Conn, error) { return redis.Dial("tcp", server) },
		MaxIdle: workers, MaxActive: 2, Wait: true,
	}
	if !isFailing {
		pool.MaxActive = workers
		pool.TestOnBorrow = func(conn redis.Conn, _ time.Time) error {
			time.Sleep(10 * time.Millisecond)
			_, err := conn.Do("PING")
			return err
		}
	}
	// An observer learns the type of connections.
	conn := pool.Get()
	check(pop(conn, 0.5))
	check(conn.Close())
	var group sync.WaitGroup
	for range make([]struct{}, workers) {
		group.Add(1)
		go func() {
			defer group.Done()
			for range make([]struct{}, rounds) {
				work(pool)
			}
		}()
	}
	group.Wait()
	done(map[string]int{"leases": workers * rounds})
}

func work(pool *redis.Pool) {
	conn := pool.Get()
	check(pop(conn, 0.03))
	check(conn.Close())
}

// pop waits for what nobody pushes.
func pop(conn redis.Conn, seconds float64) error {
	_, err := conn.Do("BLPOP", "nothing", seconds)
	return err
}
