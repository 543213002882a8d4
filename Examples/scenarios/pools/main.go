// SPDX-License-Identifier: Apache-2.0

// A program whose pool is set up or used badly, or well: one scenario of Examples/scenarios each.
//
//	pools SCENARIO failing|healthy SERVER [COMMAND]
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/gomodule/redigo/redis"
	_ "github.com/lib/pq"
)

var (
	isFailing bool
	server    string
)

func main() {
	isFailing, server = os.Args[2] == "failing", os.Args[3]
	scenarios := map[string]func(){
		"stale_borrow": staleBorrow, "no_reuse": noReuse, "idle_churn": idleChurn,
		"lease_hog": leaseHog, "pool_split": poolSplit, "sequential_round_trips": sequentialRoundTrips,
		"blocked_reader": blockedReader, "tls_handshake_failing": tlsHandshakeFailing, "use_after_close": useAfterClose,
		"dns_in_acquire": dnsInAcquire, "endpoint_skew": endpointSkew, "premature_timeout_tls": prematureTimeoutTLS,
		"lease_leak": leaseLeak, "idle_hold": idleHold, "close_wait": closeWait, "pool_exhausted": poolExhausted,
		"max_connections": maxConnections, "certificate_rotation": certificateRotation,
		"pool_wait": poolWait, "steady": steady, "slow_connect_tls": slowTLS, "lease_time": leaseTime,
	}
	begin := make(chan os.Signal, 1)
	signal.Notify(begin, syscall.SIGUSR1)
	fmt.Println("ready")
	<-begin
	scenarios[os.Args[1]]()
	select {}
}

// done says what was done.
func done(truth map[string]int) {
	text, err := json.Marshal(truth)
	check(err)
	fmt.Println(string(text))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(maximum, idle int) *sql.DB {
	db, err := sql.Open("postgres", server)
	check(err)
	db.SetMaxOpenConns(maximum)
	db.SetMaxIdleConns(idle)
	return db
}

// learn takes a lease for long enough that an observer learns the types of connections: later ones it knows at once.
func learn(db *sql.DB) {
	conn, err := db.Conn(context.Background())
	check(err)
	check(conn.PingContext(context.Background()))
	time.Sleep(500 * time.Millisecond)
	check(conn.Close())
}

// take leases so many connections at one time.
func take(db *sql.DB, count int) []*sql.Conn {
	var leases []*sql.Conn
	for range make([]struct{}, count) {
		conn, err := db.Conn(context.Background())
		check(err)
		leases = append(leases, conn)
	}
	return leases
}

func useAndReturn(leases []*sql.Conn) {
	for _, conn := range leases {
		check(conn.PingContext(context.Background()))
		check(conn.Close())
	}
}

// idleAtRestart is a pool with so many idle connections when its server is restarted; the healthy one has let go of them.
func idleAtRestart(count int) *sql.DB {
	db := open(0, count)
	learn(db)
	useAndReturn(take(db, count))
	if !isFailing {
		db.SetConnMaxIdleTime(100 * time.Millisecond)
		for db.Stats().OpenConnections > 0 {
			time.Sleep(50 * time.Millisecond)
		}
	}
	restart := exec.Command("sh", "-c", os.Args[4])
	restart.Stderr = os.Stderr
	check(restart.Run())
	return db
}

func staleBorrow() {
	const count = 7
	db := idleAtRestart(count)
	failed := 0
	for _, conn := range take(db, count) {
		if conn.PingContext(context.Background()) != nil {
			failed++
		}
		conn.Close()
	}
	done(map[string]int{"leases": count, "failed": failed})
}

func noReuse() {
	pool := &redis.Pool{Dial: func() (redis.Conn, error) { return redis.Dial("tcp", server) }}
	if !isFailing {
		pool.MaxIdle = 3
	}
	const count = 31
	for index := 0; index < count; index++ {
		conn := pool.Get()
		_, err := conn.Do("PING")
		check(err)
		if index == 0 {
			time.Sleep(500 * time.Millisecond)
		}
		check(conn.Close())
	}
	done(map[string]int{"leases": count})
}

func idleChurn() {
	const peak, rounds, quiet = 7, 5, 71
	db := open(0, 2)
	if !isFailing {
		db.SetMaxIdleConns(peak)
	}
	learn(db)
	for round := 0; round < rounds; round++ {
		useAndReturn(take(db, peak))
	}
	for index := 0; index < quiet; index++ {
		check(db.Ping())
		time.Sleep(5 * time.Millisecond)
	}
	done(map[string]int{"closes": rounds * (peak - 2)})
}

func export(db *sql.DB) {
	_, err := db.Exec("SELECT pg_sleep(0.7)")
	check(err)
}

func cart(db *sql.DB) {
	check(db.Ping())
}

func leaseHog() {
	const exports, carts = 3, 41
	db := open(1, 1)
	if !isFailing {
		db.SetMaxOpenConns(5)
		db.SetMaxIdleConns(5)
	}
	learn(db)
	var group sync.WaitGroup
	for index := 0; index < exports; index++ {
		group.Add(2)
		go func() { defer group.Done(); export(db) }()
		time.Sleep(50 * time.Millisecond)
		go func() { defer group.Done(); cart(db) }()
		group.Wait()
	}
	for index := 0; index < carts; index++ {
		cart(db)
		time.Sleep(3 * time.Millisecond)
	}
	done(map[string]int{"exports": exports})
}

func poolSplit() {
	small, large := open(1, 1), open(5, 5)
	if !isFailing {
		small.SetMaxOpenConns(5)
		small.SetMaxIdleConns(5)
	}
	learn(small)
	learn(large)
	check(large.Ping())
	var group sync.WaitGroup
	for worker := 0; worker < 3; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for index := 0; index < 7; index++ {
				_, err := small.Exec("SELECT pg_sleep(0.06)")
				check(err)
			}
		}()
	}
	group.Wait()
	done(map[string]int{"pools": 2})
}

func sequentialRoundTrips() {
	const count = 101
	db := open(1, 1)
	learn(db)
	if isFailing {
		for index := 0; index < count; index++ {
			_, err := db.Exec("SELECT pg_sleep(0.01)")
			check(err)
		}
	} else {
		_, err := db.Exec("SELECT pg_sleep(0.01) FROM generate_series(1, 101)")
		check(err)
	}
	done(map[string]int{"trips": count})
}
