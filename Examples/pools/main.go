// SPDX-License-Identifier: Apache-2.0

// A program that uses one pool library, chosen by build tag, and keeps account of every lease.
//
// It waits for SIGUSR1, lets five goroutines take turns at a pool of three connections, leaks as many leases as told,
// and then stays until it is killed, so that its leaked connections stay as they are.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const (
	poolSize = 3
	workers  = 5
)

// A pool gives leases of at most poolSize connections.
type pool interface {
	acquire(ctx context.Context) (lease, error)
}

type lease interface {
	// gotAt is when the connection was got, by now().
	gotAt() int64
	// localPort is that of the leased connection.
	localPort() (int, error)
	// use sends something over the connection and awaits the answer.
	use() error
	// spoil makes the connection unfit, so that its release closes it; it may release it at once.
	spoil()
	release() error
}

// A delegate is a lease that a goroutine of its own takes, for who acquires it.
type delegate interface {
	// holder is that goroutine, and when it asked, by now().
	holder() (goroutine uint64, askedAt int64)
	// lastUse is when that goroutine was done with the connection, once it is released.
	lastUse() int64
}

func main() {
	server := flag.String("server", "", "how to reach the server")
	truth := flag.String("truth", "", "file for the account")
	turns := flag.Int("turns", 40, "leases of each goroutine")
	leaks := flag.Int("leaks", 2, "leases that are never released")
	var stress stress
	flag.IntVar(&stress.goroutines, "stress", 0, "short goroutines meanwhile, a busy collector, and stacks that grow")
	flag.Parse()
	account, err := openAccount(*truth)
	check(err)
	pool, err := openPool(*server)
	check(err)
	begin := make(chan os.Signal, 1)
	signal.Notify(begin, syscall.SIGUSR1)
	fmt.Println("ready")
	<-begin
	// From the first lease an observer learns the types of connections; none is closed before it had the time to.
	check(work(account, pool, 300*time.Millisecond, false))

	stress.begin()
	var group sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for turn := 0; turn < *turns; turn++ {
				hold := time.Duration((worker*7+turn*3)%11) * time.Millisecond
				spoil := turn%10 == 9
				check(stress.run(worker+turn*workers, func() error { return work(account, pool, hold, spoil) }))
			}
		}(worker)
	}
	group.Wait()
	stress.end()
	for leak := 0; leak < *leaks; leak++ {
		group.Add(1)
		go func() {
			defer group.Done()
			check(forget(account, pool))
		}()
	}
	group.Wait()
	check(writeStats(pool, *truth+".stats"))
	fmt.Println("done")
	select {}
}

func work(account *account, pool pool, hold time.Duration, spoil bool) error {
	entry := account.begin()
	lease, err := pool.acquire(context.Background())
	if err != nil {
		return err
	}
	entry.note(lease)
	if entry.Port, err = lease.localPort(); err != nil {
		return err
	}
	if err = lease.use(); err != nil {
		return err
	}
	time.Sleep(hold)
	entry.Release = now()
	if spoil {
		entry.Spoiled = true
		lease.spoil()
	}
	if err = lease.release(); err != nil {
		return err
	}
	entry.Released = now()
	if other, ok := lease.(delegate); ok {
		entry.Release = other.lastUse()
	}
	account.end(entry)
	return nil
}

// forget leaks a lease.
func forget(account *account, pool pool) error {
	entry := account.begin()
	lease, err := pool.acquire(context.Background())
	if err != nil {
		return err
	}
	entry.note(lease)
	if entry.Port, err = lease.localPort(); err != nil {
		return err
	}
	account.end(entry)
	kept.Store(entry, lease)
	return nil
}

// kept holds leaked leases, as a finalizer of a library may release what nothing refers to.
var kept sync.Map

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
