// SPDX-License-Identifier: Apache-2.0
package main

import (
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

const rounds = 11

// leaseTime holds the only connection in ways of which it measures the parts. The healthy one does the same faster, with
// two connections.
func leaseTime() {
	pause := 50 * time.Millisecond
	pool := &redis.Pool{MaxActive: 1, MaxIdle: 1, Wait: true, Dial: greeted}
	if !isFailing {
		pause = 2 * time.Millisecond
		pool.MaxActive, pool.MaxIdle = 2, 2
	}
	truth := map[string]int{"rounds": rounds}
	truth["acquire_ns"] = firstLease(pool)
	for range make([]struct{}, rounds) {
		truth["peer_ns"] += slowPeer(pool)
		truth["unread_ns"] += lateReader(pool, pause)
		truth["own_ns"] += worker(pool, pause)
		truth["queued_ns"] += queue(pool, pause)
	}
	done(truth)
}

// greeted makes a connection with a server that takes its time to greet.
func greeted() (redis.Conn, error) {
	conn, err := redis.Dial("tcp", server)
	if err == nil {
		_, err = conn.Do("HELLO")
	}
	return conn, err
}

// firstLease takes the first connection, for long enough that an observer learns its type.
func firstLease(pool *redis.Pool) int {
	begin := time.Now()
	conn := pool.Get()
	took := time.Since(begin)
	_, err := conn.Do("QUICK")
	check(err)
	time.Sleep(500 * time.Millisecond)
	check(conn.Close())
	return int(took)
}

func slowPeer(pool *redis.Pool) int {
	conn := pool.Get()
	begin := time.Now()
	_, err := conn.Do("SLOW")
	took := time.Since(begin)
	check(err)
	check(conn.Close())
	return int(took)
}

// lateReader lets the answer lie.
func lateReader(pool *redis.Pool, pause time.Duration) int {
	conn := pool.Get()
	check(conn.Send("QUICK"))
	begin := time.Now()
	check(conn.Flush())
	time.Sleep(pause)
	took := time.Since(begin)
	_, err := conn.Receive()
	check(err)
	check(conn.Close())
	return int(took)
}

func worker(pool *redis.Pool, pause time.Duration) int {
	conn := pool.Get()
	_, err := conn.Do("QUICK")
	check(err)
	begin := time.Now()
	time.Sleep(pause)
	took := time.Since(begin)
	check(conn.Close())
	return int(took)
}

// queue has one wait for the other.
func queue(pool *redis.Pool, pause time.Duration) int {
	var group sync.WaitGroup
	group.Add(1)
	waited := 0
	conn := pool.Get()
	_, err := conn.Do("QUICK")
	check(err)
	go func() {
		defer group.Done()
		waited = waiter(pool)
	}()
	time.Sleep(pause)
	check(conn.Close())
	group.Wait()
	return waited
}

func waiter(pool *redis.Pool) int {
	begin := time.Now()
	conn := pool.Get()
	took := time.Since(begin)
	_, err := conn.Do("QUICK")
	check(err)
	check(conn.Close())
	return int(took)
}
