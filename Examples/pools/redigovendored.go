// SPDX-License-Identifier: Apache-2.0

//go:build redigovendored

package main

import (
	"context"
	"sync/atomic"

	"example.org/reports"
	"github.com/gomodule/redigo/redis"
)

// vendoredPools are two pools of two copies of one library: that of this program, and that of a package which brought its
// own along. Their types are not the same. They take turns.
type vendoredPools struct {
	own    *redis.Pool
	theirs *reports.Pool
	turn   *uint32
}

func openPool(server string) (pool, error) {
	return vendoredPools{
		&redis.Pool{
			MaxActive: poolSize, MaxIdle: poolSize, Wait: true,
			Dial: func() (redis.Conn, error) { return timedRedis(server) },
		},
		&reports.Pool{
			MaxActive: poolSize, MaxIdle: poolSize, Wait: true,
			Dial: func() (reports.Conn, error) { return reports.Dial("tcp", server, timedDial) },
		},
		new(uint32),
	}, nil
}

// acquire calls Get, which is a frame of the library between the program and the function that leases.
func (p vendoredPools) acquire(ctx context.Context) (lease, error) {
	var conn redis.Conn
	if atomic.AddUint32(p.turn, 1)%2 == 0 {
		conn = p.own.Get()
	} else {
		conn = p.theirs.Get()
	}
	return redigoLease{conn, now()}, conn.Err()
}
