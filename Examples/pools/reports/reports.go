// SPDX-License-Identifier: Apache-2.0

// Package reports is one that brings its own copy of a pool library along: Examples/pools/build.sh puts it below its
// vendor folder.
package reports

import (
	"context"
	"net"

	"github.com/gomodule/redigo/redis"
)

type (
	Pool = redis.Pool
	Conn = redis.Conn
)

// Dial is not redis.Dial itself, whose options have types of this copy.
func Dial(
	network, address string, dial func(ctx context.Context, network, address string) (net.Conn, error),
) (Conn, error) {
	return redis.Dial(network, address, redis.DialContextFunc(dial))
}
