// SPDX-License-Identifier: Apache-2.0

//go:build redigo || redigovendored || goredis9

package main

import (
	"net"
	"strconv"
	"strings"
)

// redisAddress is the client's address in the server's answer to CLIENT INFO: "id=5 addr=127.0.0.1:33440 ...".
func redisAddress(info string) string {
	for _, field := range strings.Fields(info) {
		if strings.HasPrefix(field, "addr=") {
			return field[len("addr="):]
		}
	}
	return ""
}

func redisPort(info string) (int, error) {
	_, port, err := net.SplitHostPort(redisAddress(info))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}
