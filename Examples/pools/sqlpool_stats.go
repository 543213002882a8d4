// SPDX-License-Identifier: Apache-2.0

//go:build databasesql || mysql || pgxstdlib

package main

func (p sqlPool) stats() map[string]int64 {
	stats := p.Stats()
	return map[string]int64{
		"open_connections": int64(stats.OpenConnections), "idle_connections": int64(stats.Idle),
		"maximum_open": int64(stats.MaxOpenConnections), "maximum_idle": int64(maximumIdle),
		"wait_count": stats.WaitCount, "wait_duration_ns": int64(stats.WaitDuration),
		surplusCloses: stats.MaxIdleClosed,
	}
}
