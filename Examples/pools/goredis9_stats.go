// SPDX-License-Identifier: Apache-2.0

//go:build goredis9

package main

// stats has no limit of idle connections: there is none unless one is asked for.
func (p redisPool) stats() map[string]int64 {
	stats := p.PoolStats()
	return map[string]int64{
		"open_connections": int64(stats.TotalConns), "idle_connections": int64(stats.IdleConns),
		"maximum_open": int64(p.Options().PoolSize), "maximum_idle": -1,
		"wait_count": int64(stats.WaitCount), "wait_duration_ns": stats.WaitDurationNs,
	}
}
