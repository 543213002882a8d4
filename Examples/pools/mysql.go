// SPDX-License-Identifier: Apache-2.0

//go:build mysql

package main

import (
	"context"
	"database/sql"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"
)

const portQuery = "SELECT SUBSTRING_INDEX(HOST, ':', -1) FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()"

func openDB(server string) (*sql.DB, error) {
	mysql.RegisterDialContext("timed", func(ctx context.Context, address string) (net.Conn, error) {
		return timedDial(ctx, "tcp", address)
	})
	return sql.Open("mysql", strings.Replace(server, "@tcp(", "@timed(", 1))
}
