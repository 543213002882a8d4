// SPDX-License-Identifier: Apache-2.0

package main

import (
	"database/sql/driver"
	"errors"
	"net"
)

// fakeDriver makes connections that hold a real TCP connection, so that the walk to the socket is part of the cost,
// and that do nothing else.
type fakeDriver struct{ address string }

type fakeConnection struct{ connection net.Conn }

func (d fakeDriver) Open(string) (driver.Conn, error) {
	connection, err := net.Dial("tcp", d.address)
	if err != nil {
		return nil, err
	}
	return &fakeConnection{connection}, nil
}

func (c *fakeConnection) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not offered") }
func (c *fakeConnection) Begin() (driver.Tx, error)           { return nil, errors.New("not offered") }
func (c *fakeConnection) Close() error                        { return c.connection.Close() }
