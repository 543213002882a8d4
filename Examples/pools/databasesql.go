// SPDX-License-Identifier: Apache-2.0

//go:build databasesql

package main

import (
	"database/sql"
	"database/sql/driver"

	"github.com/lib/pq"
)

// The second is for a connection that has no port.
const portQuery = "SELECT coalesce(inet_client_port(), -pg_backend_pid())"

type timedDriver struct{}

func (timedDriver) Open(server string) (driver.Conn, error) {
	return pq.DialOpen(timedDialler{}, server)
}

func openDB(server string) (*sql.DB, error) {
	sql.Register("timed", timedDriver{})
	return sql.Open("timed", server)
}
