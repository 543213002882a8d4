// SPDX-License-Identifier: Apache-2.0

//go:build pgxstdlib

package main

import (
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// The second is for a connection that has no port.
const portQuery = "SELECT coalesce(inet_client_port(), -pg_backend_pid())"

func openDB(server string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(server)
	if err != nil {
		return nil, err
	}
	config.DialFunc = timedDial
	return stdlib.OpenDB(*config), nil
}
