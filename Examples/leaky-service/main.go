// SPDX-License-Identifier: Apache-2.0

// A small invoicing service with a pool of 5 PostgreSQL connections. Every round it takes exactly 23 leases. In the
// leaky mode the first round loses 3 of them, at two call sites in store.go; from then on the rest of the service
// queues for the 2 connections that are left. In the healthy mode it does the same work and loses none.
package main

import (
	"database/sql"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "github.com/lib/pq"
)

// The request goroutines (4) and the bookkeeper (1) together never need more than the limit, so that only leaks can
// make anyone wait.
const (
	maxOpenConnections = 5
	concurrentRequests = 4
	requestsPerRound   = 22
)

func main() {
	dsn := flag.String("dsn", "", "PostgreSQL connection string")
	mode := flag.String("mode", "leaky", "leaky or healthy")
	rounds := flag.Int("rounds", 0, "rounds to work, then idle; 0: until SIGTERM")
	interval := flag.Duration("interval", time.Second, "from the start of one round to the start of the next")
	warmup := flag.Duration("warmup", 5*time.Second, "from \"ready\" to the first round; SIGUSR1 ends it early")
	work := flag.Duration("work", 60*time.Millisecond, "how long the server works on a statement")
	preconnect := flag.Int("preconnect", 2, "connections to open before \"ready\"")
	truth := flag.String("truth", "", "file for the service's own account of its leases, in JSON Lines")
	flag.Parse()
	if *mode != "leaky" && *mode != "healthy" {
		log.Fatalf("-mode must be leaky or healthy, not %q", *mode)
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	start := make(chan os.Signal, 1)
	signal.Notify(start, syscall.SIGUSR1)

	db, err := sql.Open("postgres", *dsn)
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(maxOpenConnections)
	db.SetMaxIdleConns(maxOpenConnections)
	account, err := openAccount(*truth)
	if err != nil {
		log.Fatal(err)
	}
	store := &store{db: db, account: account, work: work.Seconds(), endsItsLeases: *mode == "healthy"}
	if err := store.preconnect(*preconnect); err != nil {
		log.Fatal(err)
	}

	service := newService(store)
	fmt.Println("ready", os.Getpid())
	select {
	case <-time.After(*warmup):
	case <-start:
	case <-stop:
		return
	}
	next := time.NewTicker(*interval)
	for round := 1; ; round++ {
		if *rounds == 0 || round <= *rounds {
			service.work(round)
			account.round(round, db.Stats())
		}
		select {
		case <-next.C:
		case <-stop:
			account.summary(db.Stats())
			return
		}
	}
}
