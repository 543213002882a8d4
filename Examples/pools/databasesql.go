// SPDX-License-Identifier: Apache-2.0

//go:build databasesql

package main

import _ "github.com/lib/pq"

const (
	sqlDriver = "postgres"
	portQuery = "SELECT inet_client_port()"
)
