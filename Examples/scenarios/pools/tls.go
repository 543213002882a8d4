// SPDX-License-Identifier: Apache-2.0
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// What the servers of the scenario do: one speaks TLS, one ends each connection when it has heard something, one never answers.
const (
	untrusted = 5
	ended     = 7
	unheard   = 3
	trusted   = 11
	patience  = 300 * time.Millisecond
)

func tlsHandshakeFailing() {
	ports := strings.Split(server, ",")
	authority, err := os.ReadFile(os.Args[4])
	check(err)
	trust := x509.NewCertPool()
	if !trust.AppendCertsFromPEM(authority) {
		check(errors.New("no certificate"))
	}
	if !isFailing {
		for range make([]struct{}, trusted) {
			conn, err := dialTLS(ports[0], trust)
			check(err)
			greeting := make([]byte, 5)
			_, err = io.ReadFull(conn, greeting)
			check(err)
			check(conn.Close())
		}
		// Not every server speaks first, or soon.
		plain, err := net.Dial("tcp4", "127.0.0.1:"+ports[2])
		check(err)
		_, err = plain.Write([]byte("hello"))
		check(err)
		time.Sleep(patience)
		check(plain.Close())
		done(map[string]int{"handshakes": trusted})
		return
	}
	for index, count := range []int{untrusted, ended, unheard} {
		for range make([]struct{}, count) {
			if _, err := dialTLS(ports[index], x509.NewCertPool()); err == nil {
				check(errors.New("a handshake succeeded"))
			}
		}
	}
	done(map[string]int{"untrusted": untrusted, "ended": ended, "unheard": unheard})
}

func dialTLS(port string, trust *x509.CertPool) (*tls.Conn, error) {
	dialer := &net.Dialer{Timeout: patience}
	if !isFailing {
		dialer.Timeout = time.Minute
	}
	return tls.DialWithDialer(dialer, "tcp4", "127.0.0.1:"+port, &tls.Config{RootCAs: trust})
}
