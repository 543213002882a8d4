// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// idleHold keeps a transaction open while it calls somebody else; the healthy program calls before.
func idleHold() {
	const orders = 5
	db := open(0, 2)
	learn(db)
	for index := 0; index < orders; index++ {
		checkout(db)
	}
	done(map[string]int{"orders": orders})
}

func checkout(db *sql.DB) {
	if !isFailing {
		callPayment()
	}
	tx, err := db.Begin()
	check(err)
	_, err = tx.Exec("SELECT 1")
	check(err)
	if isFailing {
		callPayment()
	}
	check(tx.Commit())
}

func callPayment() { time.Sleep(230 * time.Millisecond) }

// closeWait leaves seven idle connections when the server goes; the healthy pool has let go of them.
func closeWait() {
	const count = 7
	idleAtRestart(count)
	time.Sleep(3 * time.Second)
	done(map[string]int{"idle": count})
}

// poolExhausted has three reports on a pool of three, and seven carts behind them; the healthy pool is of ten, and the same ask
// all at once, before it has a connection.
func poolExhausted() {
	const reports, carts = 3, 7
	db := open(reports, reports)
	if !isFailing {
		db.SetMaxOpenConns(reports + carts)
		db.SetMaxIdleConns(reports + carts)
	}
	learn(db)
	var group sync.WaitGroup
	for range make([]struct{}, reports) {
		group.Add(1)
		go func() { defer group.Done(); quarter(db) }()
	}
	time.Sleep(100 * time.Millisecond)
	for range make([]struct{}, carts) {
		group.Add(1)
		go func() { defer group.Done(); check(db.PingContext(context.Background())) }()
	}
	group.Wait()
	done(map[string]int{"carts": carts})
}

func quarter(db *sql.DB) {
	_, err := db.Exec("SELECT pg_sleep(0.7)")
	check(err)
}
