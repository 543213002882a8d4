// SPDX-License-Identifier: Apache-2.0
package main

import (
	"database/sql"
	"sync"
	"time"
)

// leaseLeak reads one row of three, and now and then forgets to close the rest. The healthy program holds leases as long, for
// work: a batch of queries, and one that takes long.
func leaseLeak() {
	const browses, leaks = 41, 3
	db := open(0, 5)
	learn(db)
	var group sync.WaitGroup
	for index := 0; index < browses; index++ {
		forgets := isFailing && index%13 == 12
		group.Add(1)
		go func() { defer group.Done(); browse(db, forgets) }()
		time.Sleep(7 * time.Millisecond)
	}
	group.Wait()
	if !isFailing {
		group.Add(2)
		go func() { defer group.Done(); batch(db) }()
		go func() { defer group.Done(); report(db) }()
		group.Wait()
	}
	done(map[string]int{"leases": browses, "leaks": leaks})
}

func browse(db *sql.DB, forgets bool) {
	rows, err := db.Query("SELECT generate_series(1, 3)")
	check(err)
	if !rows.Next() {
		check(rows.Err())
	}
	if !forgets {
		check(rows.Close())
	}
}

func batch(db *sql.DB) {
	tx, err := db.Begin()
	check(err)
	for range make([]struct{}, 41) {
		_, err := tx.Exec("SELECT pg_sleep(0.15)")
		check(err)
	}
	check(tx.Commit())
}

func report(db *sql.DB) {
	_, err := db.Exec("SELECT pg_sleep(6.5)")
	check(err)
}
