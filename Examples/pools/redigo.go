// SPDX-License-Identifier: Apache-2.0

//go:build redigo

package main

import (
	"context"

	"github.com/gomodule/redigo/redis"
)

type redigoPool struct{ *redis.Pool }

func openPool(server string) (pool, error) {
	return redigoPool{&redis.Pool{
		MaxActive: poolSize, MaxIdle: maximumIdle, Wait: true,
		Dial: func() (redis.Conn, error) { return timedRedis(server) },
	}}, nil
}

func (p redigoPool) acquire(ctx context.Context) (lease, error) {
	conn, err := p.GetContext(ctx)
	return redigoLease{conn, now()}, err
}
