// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"runtime/debug"
	"sync"
)

// stress makes life hard for whoever probes this program: the collector never rests, short goroutines come and go, and
// each lease is acquired at the end of another stack, so that stacks grow, and move, at the acquire and in it.
type stress struct {
	goroutines int
	churn      sync.WaitGroup
}

// Frames of some 40 bytes: more of them than the first stack of any goroutine holds.
const stressDepths = 256

func (s *stress) isOn() bool { return s.goroutines > 0 }

// begin starts the goroutines; end waits for them.
func (s *stress) begin() {
	if !s.isOn() {
		return
	}
	debug.SetGCPercent(1)
	s.churn.Add(1)
	go func() {
		defer s.churn.Done()
		var group sync.WaitGroup
		for number := 0; number < s.goroutines; number++ {
			group.Add(1)
			go func(depth int) {
				defer group.Done()
				descend(depth, func() { garbage.Store(depth, make([]byte, 1<<10)) })
			}(number % stressDepths)
			if number%100 == 99 {
				group.Wait()
			}
			if number%1000 == 999 {
				runtime.GC()
			}
		}
		group.Wait()
	}()
}

func (s *stress) end() { s.churn.Wait() }

// run calls f; under stress in a goroutine of its own, at one depth of its stack after the other.
func (s *stress) run(turn int, f func() error) error {
	if !s.isOn() {
		return f()
	}
	result := make(chan error)
	go descend(turn%stressDepths, func() { result <- f() })
	return <-result
}

var garbage sync.Map

//go:noinline
func descend(depth int, f func()) {
	if depth == 0 {
		f()
		return
	}
	descend(depth-1, f)
	runtime.KeepAlive(depth)
}
