// SPDX-License-Identifier: Apache-2.0

//go:build redigo || redigovendored

package main

import "github.com/gomodule/redigo/redis"

type redigoLease struct {
	redis.Conn
	got int64
}

func timedRedis(server string) (redis.Conn, error) {
	return redis.Dial("tcp", server, redis.DialContextFunc(timedDial))
}

func (l redigoLease) gotAt() int64 { return l.got }

func (l redigoLease) localPort() (int, error) {
	info, err := redis.String(l.Do("CLIENT", "INFO"))
	if err != nil {
		return 0, err
	}
	return redisPort(info)
}

func (l redigoLease) use() error {
	_, err := l.Do("PING")
	return err
}

func (l redigoLease) spoil() {
	if info, err := redis.String(l.Do("CLIENT", "INFO")); err == nil {
		l.Do("CLIENT", "KILL", "ADDR", redisAddress(info), "SKIPME", "no")
	}
	l.Do("PING")
}

// release is called twice, as by programs that defer it as well.
func (l redigoLease) release() error {
	if err := l.Close(); err != nil {
		return err
	}
	l.Close()
	return nil
}
