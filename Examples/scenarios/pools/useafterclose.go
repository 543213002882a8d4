// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

// keeper knows every connection that was dialled, and closes what it is told to, leased or not: one goroutine.
type keeper struct {
	lock   sync.Mutex
	known  []net.Conn
	orders chan []net.Conn
	closed chan bool
}

func (k *keeper) dial() (redis.Conn, error) {
	socket, err := net.Dial("tcp", server)
	if err != nil {
		return nil, err
	}
	k.lock.Lock()
	defer k.lock.Unlock()
	k.known = append(k.known, socket)
	return redis.NewConn(socket, 0, 0), nil
}

func (k *keeper) work() {
	for sockets := range k.orders {
		for _, socket := range sockets {
			socket.Close()
		}
		k.closed <- true
	}
}

// evict closes so many of those that it knows, and forgets all.
func (k *keeper) evict(count int) {
	k.lock.Lock()
	victims := k.known[:count]
	k.known = nil
	k.lock.Unlock()
	k.orders <- victims
	<-k.closed
}

// holdWhile asks once, lets something happen, and asks again. Says whether it was answered.
//
//go:noinline
func holdWhile(pool *redis.Pool, happens func()) bool {
	conn := pool.Get()
	defer conn.Close()
	_, err := conn.Do("PING")
	check(err)
	happens()
	_, err = conn.Do("PING")
	return err == nil
}

// useAfterClose evicts connections whether they are leased or not. The healthy program leaves that to the pool, and has
// requests that are given up by closing their connection.
func useAfterClose() {
	const leased, idle, dead, quick = 5, 7, 3, 61
	keeper := &keeper{orders: make(chan []net.Conn), closed: make(chan bool)}
	go keeper.work()
	pool := &redis.Pool{MaxIdle: idle, Dial: keeper.dial}
	holdWhile(pool, func() { time.Sleep(500 * time.Millisecond) })
	failed := 0
	if isFailing {
		failed += evictLeased(pool, keeper, leased)
		takeAll(pool, idle)
		keeper.evict(dead)
		failed += takeAll(pool, idle)
	} else {
		takeAll(pool, idle)
		pool.IdleTimeout = 50 * time.Millisecond
		time.Sleep(200 * time.Millisecond)
		takeAll(pool, idle)
		pool.IdleTimeout = 0
		// This one keeps nothing, so that each request dials.
		other := &redis.Pool{Dial: keeper.dial}
		for index := 0; index < dead; index++ {
			giveUp(other, keeper)
		}
	}
	for index := 0; index < quick; index++ {
		if !holdWhile(pool, func() {}) {
			failed++
		}
	}
	done(map[string]int{"failed": failed})
}

// evictLeased has so many goroutines lose their connections. Says how many.
func evictLeased(pool *redis.Pool, keeper *keeper, count int) int {
	var ready, over sync.WaitGroup
	evicted := make(chan bool)
	failed := make(chan bool, count)
	ready.Add(count)
	over.Add(count)
	for index := 0; index < count; index++ {
		go func() {
			defer over.Done()
			if !holdWhile(pool, func() { ready.Done(); <-evicted }) {
				failed <- true
			}
		}()
	}
	ready.Wait()
	keeper.evict(count)
	close(evicted)
	over.Wait()
	return len(failed)
}

// takeAll leases so many at one time, asks on each, and gives them back. Says how many failed.
func takeAll(pool *redis.Pool, count int) int {
	failed := 0
	var conns []redis.Conn
	for index := 0; index < count; index++ {
		conns = append(conns, pool.Get())
	}
	for _, conn := range conns {
		if _, err := conn.Do("PING"); err != nil {
			failed++
		}
		conn.Close()
	}
	return failed
}

// giveUp waits for an answer that does not come, until another goroutine closes the connection.
func giveUp(pool *redis.Pool, keeper *keeper) {
	conn := pool.Get()
	socket := keeper.known[len(keeper.known)-1]
	time.AfterFunc(50*time.Millisecond, func() { socket.Close() })
	conn.Do("BLPOP", "nothing", "0")
	conn.Close()
}
