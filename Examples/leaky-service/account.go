// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// account is the service's own account of its leases, in JSON Lines: what an observer has to find out from outside.
// Leases of preconnect are not in it.
type account struct {
	mutex  sync.Mutex
	output *json.Encoder // nil: no account is wanted
	leases map[string]int
	leaks  map[string]int
}

type entry struct {
	Event     string         `json:"event"` // leak, round or summary
	WallTime  time.Time      `json:"wall_time"`
	Process   int            `json:"process"`
	Function  string         `json:"function,omitempty"`
	Goroutine uint64         `json:"goroutine,omitempty"`
	Round     int            `json:"round,omitempty"`
	Leases    map[string]int `json:"leases,omitempty"` // by function
	Leaks     map[string]int `json:"leaks,omitempty"`
	Stats     *sql.DBStats   `json:"stats,omitempty"`
}

func openAccount(path string) (*account, error) {
	account := &account{leases: map[string]int{}, leaks: map[string]int{}}
	if path == "" {
		return account, nil
	}
	file, err := os.Create(path)
	if err == nil {
		account.output = json.NewEncoder(file)
	}
	return account, err
}

func (a *account) leased(function string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.leases[function]++
}

// left is told where a method returns early, and whether its lease will have ended by then.
func (a *account) left(function string, ended bool) {
	if ended {
		return
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.leaks[function]++
	a.write(entry{Event: "leak", Function: function, Goroutine: goroutine()})
}

func (a *account) round(round int, stats sql.DBStats) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.write(entry{Event: "round", Round: round, Leases: a.leases, Leaks: a.leaks, Stats: &stats})
}

func (a *account) summary(stats sql.DBStats) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.write(entry{Event: "summary", Leases: a.leases, Leaks: a.leaks, Stats: &stats})
}

func (a *account) write(e entry) {
	if a.output == nil {
		return
	}
	e.WallTime, e.Process = time.Now(), os.Getpid()
	a.output.Encode(e)
}

// goroutine is the number of the calling goroutine, from the first line of its stack: "goroutine 34 [running]:".
func goroutine() uint64 {
	line := make([]byte, 64)
	fields := bytes.Fields(line[:runtime.Stack(line, false)])
	number, _ := strconv.ParseUint(string(fields[1]), 10, 64)
	return number
}
