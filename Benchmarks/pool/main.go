// SPDX-License-Identifier: Apache-2.0

// The target of the pool measurements: database/sql with a driver that does nothing.
//
// Reads lines: "pairs N" acquires and releases N times in each of many short bursts and prints the nanoseconds of one
// pair, by the tenth of the bursts that was disturbed least; "grow N" does it N times, each in a goroutine whose stack
// is left too small by another amount, and prints N; "serve" starts an echo server that acquires and releases for each
// message, and prints its port.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"runtime"
	"sort"
	"time"
)

const bursts = 200

var database *sql.DB

func pair() {
	connection, err := database.Conn(context.Background())
	if err != nil {
		panic(err)
	}
	connection.Close()
}

func pairs(count int) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	costs := make([]float64, bursts)
	for burst := range costs {
		started := time.Now()
		for i := 0; i < count/bursts; i++ {
			pair()
		}
		costs[burst] = float64(time.Since(started).Nanoseconds()) / float64(count/bursts)
	}
	sort.Float64s(costs)
	return costs[bursts/10]
}

//go:noinline
func descend(depth int) byte {
	var frame [32]byte
	frame[depth%32] = byte(depth)
	if depth == 0 {
		pair()
		return frame[0]
	}
	return descend(depth-1) + frame[depth%32]
}

// A new goroutine starts with the smallest stack: at some depths the stack check of a traced function is what fails.
func grow(count int) int {
	done := make(chan byte)
	for i := 0; i < count; i++ {
		go func(depth int) { done <- descend(depth) }(i % 64)
		<-done
	}
	return count
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	sql.Register("fake", fakeDriver{listener.Addr().String()})
	database, _ = sql.Open("fake", "")
	database.SetMaxOpenConns(1)
	pair()
	keepLarge()
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var command string
		var count int
		fmt.Sscan(lines.Text(), &command, &count)
		switch command {
		case "pairs":
			fmt.Printf("%.1f\n", pairs(count))
		case "grow":
			fmt.Println(grow(count))
		case "serve":
			fmt.Println(serve())
		}
	}
}
