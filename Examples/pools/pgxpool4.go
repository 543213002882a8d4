// SPDX-License-Identifier: Apache-2.0

//go:build pgxpool4

package main

import (
	"context"
	"net"

	"github.com/jackc/pgx/v4/pgxpool"
)

type pgxPool struct{ *pgxpool.Pool }

type pgxLease struct {
	*pgxpool.Conn
	got int64
}

func openPool(server string) (pool, error) {
	config, err := pgxpool.ParseConfig(server)
	if err != nil {
		return nil, err
	}
	config.MaxConns = poolSize
	config.ConnConfig.DialFunc = timedDial
	inner, err := pgxpool.ConnectConfig(context.Background(), config)
	return pgxPool{inner}, err
}

func (p pgxPool) acquire(ctx context.Context) (lease, error) {
	conn, err := p.Acquire(ctx)
	return pgxLease{conn, now()}, err
}

func (l pgxLease) gotAt() int64 { return l.got }

func (l pgxLease) localPort() (int, error) {
	return l.Conn.Conn().PgConn().Conn().LocalAddr().(*net.TCPAddr).Port, nil
}

func (l pgxLease) use() error {
	_, err := l.Exec(context.Background(), "SELECT 1")
	return err
}

func (l pgxLease) spoil() {
	l.Exec(context.Background(), "SELECT pg_terminate_backend(pg_backend_pid())")
}

// release is called twice, as by programs that defer it as well.
func (l pgxLease) release() error {
	l.Release()
	l.Release()
	return nil
}
