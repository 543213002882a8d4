// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"unsafe"
)

// account is the program's own account of its leases, in JSON Lines.
type account struct {
	mutex  sync.Mutex
	output *json.Encoder
}

// entry is a lease. Times are nanoseconds of CLOCK_MONOTONIC: a probe in the acquire lies between Ask and Got, one in the
// release between Release and Released; both of these are 0 for a lease that was leaked.
type entry struct {
	Goroutine uint64 `json:"goroutine"`
	Port      int    `json:"port"`
	Ask       int64  `json:"ask"`
	Got       int64  `json:"got"`
	Release   int64  `json:"release"`
	Released  int64  `json:"released"`
	Spoiled   bool   `json:"spoiled"`
	// Descriptor is that of the connection's socket; -1: not known.
	Descriptor int `json:"descriptor"`
	// DialBegan and Dialled are when its connection was dialled; 0: not known.
	DialBegan int64 `json:"dial_began"`
	Dialled   int64 `json:"dialled"`
	// Number is how many leases the connection has had, this one included; 0: not known.
	Number uint32 `json:"number"`
}

func openAccount(path string) (*account, error) {
	file, err := os.Create(path)
	return &account{output: json.NewEncoder(file)}, err
}

func (a *account) begin() *entry { return &entry{Goroutine: goroutine(), Ask: now(), Descriptor: -1} }

func (a *account) end(e *entry) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	check(a.output.Encode(e))
}

// note takes down who has got a lease, and when.
func (e *entry) note(l lease) {
	e.Got = l.gotAt()
	if other, ok := l.(delegate); ok {
		e.Goroutine, e.Ask = other.holder()
	}
}

// now is the clock of the trace.
func now() int64 {
	var time syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&time)), 0)
	return time.Nano()
}

// goroutine is the number that the runtime prints; there is no other way to it.
func goroutine() uint64 {
	text := make([]byte, 64)
	text = text[:runtime.Stack(text, false)]
	number, err := strconv.ParseUint(string(bytes.Fields(text)[1]), 10, 64)
	check(err)
	return number
}
