// SPDX-License-Identifier: Apache-2.0

// A program with a pool of its own, which poolscope knows from pools.json only. It is its own server.
//
// It waits for SIGUSR1, leases and releases connections in turns, leaks as many as told, says what it did, and stays.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	turns := flag.Int("turns", 60, "leases that are released")
	leaks := flag.Int("leaks", 3, "leases that are not")
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go serve(listener)
	pool := newPool(listener.Addr().String(), 5)
	begin := make(chan os.Signal, 1)
	signal.Notify(begin, syscall.SIGUSR1)
	fmt.Println("ready")
	<-begin
	// From the first lease an observer learns the types of connections.
	work(pool, 300*time.Millisecond)
	var group sync.WaitGroup
	for worker := 0; worker < 2; worker++ {
		group.Add(1)
		go func(mine int) {
			defer group.Done()
			for turn := 0; turn < mine; turn++ {
				work(pool, time.Millisecond)
			}
		}((*turns - 1 + worker) / 2)
	}
	group.Wait()
	for leak := 0; leak < *leaks; leak++ {
		group.Add(1)
		go func() {
			defer group.Done()
			forget(pool)
		}()
	}
	group.Wait()
	fmt.Printf("done %d %d\n", *turns, *leaks)
	select {}
}

func work(pool *connectionPool, hold time.Duration) {
	connection, err := pool.borrow("work", time.Second)
	check(err)
	check(connection.ask())
	time.Sleep(hold)
	pool.giveBack(connection, true)
}

var forgotten []*pooledConnection
var forgottenLock sync.Mutex

// forget does not give its connection back.
func forget(pool *connectionPool) {
	connection, err := pool.borrow("forget", time.Second)
	check(err)
	check(connection.ask())
	forgottenLock.Lock()
	defer forgottenLock.Unlock()
	forgotten = append(forgotten, connection)
}

func serve(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		check(err)
		go io.Copy(connection, connection)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
