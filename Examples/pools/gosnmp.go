// SPDX-License-Identifier: Apache-2.0

//go:build gosnmp

package main

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/gosnmp/gosnmp"
)

// snmpTarget is an agent, which is asked by clients made anew for each lease.
type snmpTarget struct {
	host string
	port uint16
}

type snmpLease struct {
	*gosnmp.GoSNMP
	got int64
}

func openPool(server string) (pool, error) {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return snmpTarget{host, uint16(number)}, err
}

func (t snmpTarget) acquire(ctx context.Context) (lease, error) {
	client := &gosnmp.GoSNMP{
		Target: t.host, Port: t.port, Community: "public", Version: gosnmp.Version2c, Timeout: 5 * time.Second,
		Context: ctx, MaxOids: gosnmp.MaxOids,
	}
	err := client.Connect()
	return snmpLease{client, now()}, err
}

func (l snmpLease) gotAt() int64 { return l.got }

func (l snmpLease) localPort() (int, error) { return l.Conn.LocalAddr().(*net.UDPAddr).Port, nil }

func (l snmpLease) use() error {
	_, err := l.Get([]string{".1.3.6.1.2.1.1.3.0"}) // sysUpTime
	return err
}

func (l snmpLease) spoil() {}

// release is called twice, as by programs that defer it as well.
func (l snmpLease) release() error {
	err := l.Conn.Close()
	l.Conn.Close()
	return err
}
