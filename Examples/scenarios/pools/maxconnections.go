// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"database/sql"
	"math"
	"sync"
	"time"
)

// maxConnections has a report on each connection that the server allows, and seven carts that ask for one more. The healthy pool
// has as many as the server allows, and the carts come when the reports are done.
func maxConnections() {
	const allowed, carts = 20, 7
	db := open(0, allowed)
	if !isFailing {
		db.SetMaxOpenConns(allowed)
	}
	learn(db)
	for range make([]struct{}, 2) {
		reports(db, allowed).Wait()
	}
	monthly := reports(db, allowed)
	if isFailing {
		for db.Stats().InUse < allowed {
			time.Sleep(10 * time.Millisecond)
		}
	} else {
		monthly.Wait()
	}
	refused := 0
	for cart := range make([]struct{}, carts) {
		conn, err := db.Conn(context.Background())
		if err != nil {
			refused++
		} else {
			check(conn.PingContext(context.Background()))
			check(conn.Close())
		}
		// Each waits longer than the one before.
		time.Sleep(time.Duration(10*math.Pow(1.5, float64(cart))) * time.Millisecond)
	}
	monthly.Wait()
	done(map[string]int{"refused": refused, "allowed": allowed})
}

// reports runs so many at one time.
func reports(db *sql.DB, count int) *sync.WaitGroup {
	var running sync.WaitGroup
	for range make([]struct{}, count) {
		running.Add(1)
		go func() {
			defer running.Done()
			_, err := db.Exec("SELECT pg_sleep(1.7)")
			check(err)
		}()
	}
	return &running
}
