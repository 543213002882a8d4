// SPDX-License-Identifier: Apache-2.0

// A program that uses one pool library, chosen by build tag, and keeps account of every lease.
//
// It waits for SIGUSR1, lets some goroutines take turns at a pool of three connections, leaks as many leases as told,
// and then stays until SIGTERM, so that its leaked connections stay as they are.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	poolSize = 3
	// One for each pool that a program may have.
	warmups = 2
)

// maximumIdle is how many idle connections the pool may keep; more than poolSize are none too many.
var maximumIdle = poolSize

// A pool gives leases of at most poolSize connections.
type pool interface {
	acquire(ctx context.Context) (lease, error)
}

type lease interface {
	// gotAt is when the connection was got, by now().
	gotAt() int64
	// localPort is that of the leased connection; negative: another number of it, as it has no port.
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
	turns := flag.Int("turns", 40, "leases of each goroutine; 0: until SIGUSR1 comes again")
	workers := flag.Int("workers", 5, "goroutines that take turns")
	leaks := flag.Int("leaks", 2, "leases that are never released")
	var stress stress
	given := flag.Int("give-up", 0, "acquires that are cancelled, and as many that run into their deadlines, while all are leased")
	flag.IntVar(&maximumIdle, "idle", poolSize, "idle connections that the pool may keep, where it has such a limit")
	flag.IntVar(&stress.goroutines, "stress", 0, "short goroutines meanwhile, a busy collector, and stacks that grow")
	flag.Parse()
	account, err := openAccount(*truth)
	check(err)
	pool, err := openPool(*server)
	check(err)
	begin, end := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(begin, syscall.SIGUSR1)
	signal.Notify(end, syscall.SIGTERM)
	fmt.Println("ready")
	<-begin
	// From the first lease an observer learns the types of connections; none is closed before it had the time to.
	for lease := 0; lease < warmups; lease++ {
		check(work(account, pool, 300*time.Millisecond, false))
	}

	samples, err := beginSamples(pool, *truth+".samples")
	check(err)
	stress.begin()
	var group sync.WaitGroup
	var enough, taken int64
	if *turns == 0 {
		go func() {
			<-begin
			atomic.StoreInt64(&enough, 1)
		}()
	}
	for worker := 0; worker < *workers; worker++ {
		group.Add(1)
		go func(worker int) {
			defer group.Done()
			for turn := 0; atomic.LoadInt64(&enough) == 0 && (*turns == 0 || turn < *turns); turn++ {
				hold := time.Duration((worker*7+turn*3)%11) * time.Millisecond
				spoil := turn%10 == 9
				check(stress.run(worker+turn*(*workers), func() error { return work(account, pool, hold, spoil) }))
				atomic.AddInt64(&taken, 1)
			}
		}(worker)
	}
	group.Wait()
	stress.end()
	// While none is leaked yet: all connections are needed.
	check(giveUp(account, pool, *given, *truth+".failed"))
	for leak := 0; leak < *leaks; leak++ {
		group.Add(1)
		go func() {
			defer group.Done()
			check(forget(account, pool))
		}()
	}
	group.Wait()
	samples.end()
	check(writeStats(pool, *truth+".stats"))
	fmt.Println("done", taken)
	<-end
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
	entry.noteConnection()
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
	entry.noteConnection()
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
