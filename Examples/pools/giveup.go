// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// failure is an acquire that came back with an error. A probe in it lies between Ask and Failed.
type failure struct {
	Goroutine uint64 `json:"goroutine"`
	Ask       int64  `json:"ask"`
	Failed    int64  `json:"failed"`
	// Cancellation is "cancelled" or "deadline".
	Cancellation string `json:"cancellation"`
}

// giveUp leases all connections, and lets others ask for one in vain, so many by either way to end.
func giveUp(account *account, from pool, count int, path string) error {
	if count == 0 {
		return nil
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	output := json.NewEncoder(file)
	var leases []lease
	var entries []*entry
	for len(leases) < poolSize {
		entry := account.begin()
		lease, err := from.acquire(context.Background())
		if err != nil {
			return err
		}
		entry.note(lease)
		if entry.Port, err = lease.localPort(); err != nil {
			return err
		}
		entry.noteConnection()
		leases, entries = append(leases, lease), append(entries, entry)
	}
	for turn := 0; turn < count; turn++ {
		for _, ask := range []func(pool) (failure, error){cancelled, late} {
			told, err := ask(from)
			if err != nil {
				return err
			}
			if err = output.Encode(told); err != nil {
				return err
			}
		}
	}
	for index, lease := range leases {
		entries[index].Release = now()
		if err := lease.release(); err != nil {
			return err
		}
		entries[index].Released = now()
		account.end(entries[index])
	}
	return file.Close()
}

//go:noinline
func cancelled(from pool) (failure, error) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(5*time.Millisecond, cancel)
	told := failure{Goroutine: goroutine(), Ask: now(), Cancellation: "cancelled"}
	_, err := from.acquire(ctx)
	told.Failed = now()
	if !errors.Is(err, context.Canceled) {
		return told, fmt.Errorf("cancelled, and got %v", err)
	}
	return told, nil
}

//go:noinline
func late(from pool) (failure, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	told := failure{Goroutine: goroutine(), Ask: now(), Cancellation: "deadline"}
	_, err := from.acquire(ctx)
	told.Failed = now()
	if !errors.Is(err, context.DeadlineExceeded) {
		return told, fmt.Errorf("past its deadline, and got %v", err)
	}
	return told, nil
}
