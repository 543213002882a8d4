// SPDX-License-Identifier: Apache-2.0

//go:build mysql

package main

import _ "github.com/go-sql-driver/mysql"

const (
	sqlDriver = "mysql"
	portQuery = "SELECT SUBSTRING_INDEX(HOST, ':', -1) FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()"
)
