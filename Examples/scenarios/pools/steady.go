// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"database/sql"
	"os"
	"strconv"
	"time"
)

// steady is a pool all of whose connections are leased and returned ten times a second, for three lifetimes and a half. The failing one
// opens them at one moment, the healthy one over the first lifetime. COMMAND is their number and their lifetime.
func steady() {
	const lifetimes = 3
	count, err := strconv.Atoi(os.Args[4])
	check(err)
	lifetime, err := time.ParseDuration(os.Args[5])
	check(err)
	db := open(count, count)
	learn(db)
	db.SetConnMaxLifetime(lifetime)
	if !isFailing {
		grow(db, count, lifetime)
	}
	for end := time.Now().Add(lifetimes*lifetime + lifetime/2); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		useAndReturn(take(db, count))
	}
	done(map[string]int{"lifetimes": lifetimes})
}

// grow opens a connection more in each part of a lifetime.
func grow(db *sql.DB, count int, lifetime time.Duration) {
	var leases []*sql.Conn
	for range make([]struct{}, count) {
		conn, err := db.Conn(context.Background())
		check(err)
		leases = append(leases, conn)
		time.Sleep(lifetime / time.Duration(count))
	}
	useAndReturn(leases)
}
