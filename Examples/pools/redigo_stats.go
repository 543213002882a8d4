// SPDX-License-Identifier: Apache-2.0

//go:build redigo

package main

func (p redigoPool) stats() map[string]int64 {
	stats := p.Stats()
	return map[string]int64{
		"open_connections": int64(stats.ActiveCount), "idle_connections": int64(stats.IdleCount),
		"maximum_open": int64(p.MaxActive), "maximum_idle": int64(p.MaxIdle),
		"wait_count": stats.WaitCount, "wait_duration_ns": int64(stats.WaitDuration),
	}
}
