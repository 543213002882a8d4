// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"sync/atomic"
	"time"
)

// samples are what the pool counts while it is at work, taken down about every millisecond: one line each, with the time
// before and after the look.
type samples struct {
	ending uint32
	ended  chan error
}

func beginSamples(pool pool, path string) (*samples, error) {
	s := &samples{ended: make(chan error, 1)}
	counted, ok := pool.(counted)
	if !ok {
		s.ended <- nil
		return s, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	go func() {
		output := json.NewEncoder(file)
		for atomic.LoadUint32(&s.ending) == 0 {
			before := now()
			values := counted.stats()
			values["before"], values["after"] = before, now()
			if err := output.Encode(values); err != nil {
				s.ended <- err
				return
			}
			time.Sleep(time.Millisecond)
		}
		s.ended <- file.Close()
	}()
	return s, nil
}

func (s *samples) end() {
	atomic.StoreUint32(&s.ending, 1)
	check(<-s.ended)
}
