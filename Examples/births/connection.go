// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"net"
	"strings"
	"time"
)

// A driver of one byte asked and one byte answered.
type connector struct {
	address string
	config  *tls.Config
}

type connection struct{ net.Conn }

func (c *connector) Driver() driver.Driver { return nil }

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	_, port, err := net.SplitHostPort(c.address)
	must(err)
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", net.JoinHostPort("localhost", port))
	if err != nil {
		return nil, err
	}
	if c.config != nil {
		secure := tls.Client(conn, c.config)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		conn = secure
	}
	greeting := make([]byte, 1)
	if _, err := conn.Read(greeting); err != nil {
		return nil, err
	}
	return &connection{conn}, nil
}

func (c *connection) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not supported") }
func (c *connection) Begin() (driver.Tx, error)           { return nil, errors.New("not supported") }

func (c *connection) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	request := byte('q')
	if strings.HasPrefix(query, "silence") {
		request = 's'
	}
	if strings.HasSuffix(query, "with deadline") {
		c.SetReadDeadline(time.Now().Add(time.Hour))
	}
	if strings.HasSuffix(query, "with cleared deadline") {
		c.SetReadDeadline(time.Now().Add(time.Hour))
		c.SetReadDeadline(time.Time{})
	}
	if _, err := c.Write([]byte{request}); err != nil {
		return nil, driver.ErrBadConn
	}
	answer := make([]byte, 1)
	if _, err := c.Read(answer); err != nil {
		return nil, driver.ErrBadConn
	}
	return driver.RowsAffected(1), nil
}
