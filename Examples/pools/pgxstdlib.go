// SPDX-License-Identifier: Apache-2.0

//go:build pgxstdlib

package main

import _ "github.com/jackc/pgx/v5/stdlib"

const (
	sqlDriver = "pgx"
	portQuery = "SELECT inet_client_port()"
)
