// SPDX-License-Identifier: Apache-2.0

//go:build databasesql || mysql || pgxstdlib

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

type sqlPool struct{ *sql.DB }

type sqlLease struct {
	*sql.Conn
	got int64
}

func openPool(server string) (pool, error) {
	db, err := openDB(server)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(poolSize)
	db.SetMaxIdleConns(maximumIdle)
	return sqlPool{db}, nil
}

func (p sqlPool) acquire(ctx context.Context) (lease, error) {
	conn, err := p.Conn(ctx)
	return sqlLease{conn, now()}, err
}

func (l sqlLease) gotAt() int64 { return l.got }

func (l sqlLease) localPort() (port int, err error) {
	err = l.QueryRowContext(context.Background(), portQuery).Scan(&port)
	return port, err
}

func (l sqlLease) use() error { return l.PingContext(context.Background()) }

func (l sqlLease) spoil() {
	l.Raw(func(any) error { return driver.ErrBadConn })
}

func (l sqlLease) release() error {
	if err := l.Close(); err != sql.ErrConnDone {
		return err
	}
	return nil
}
