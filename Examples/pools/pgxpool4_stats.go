// SPDX-License-Identifier: Apache-2.0

//go:build pgxpool4

package main

// stats has no time of waits: version 4 does not count it.
func (p pgxPool) stats() map[string]int64 {
	stat := p.Stat()
	return map[string]int64{
		"open_connections": int64(stat.TotalConns()), "idle_connections": int64(stat.IdleConns()),
		"maximum_open": int64(stat.MaxConns()), "maximum_idle": -1,
		"wait_count": stat.EmptyAcquireCount(), "wait_duration_ns": -1,
	}
}
