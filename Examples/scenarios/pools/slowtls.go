// SPDX-License-Identifier: Apache-2.0
package main

import (
	"crypto/tls"
	"io"
	"time"
)

// slowTLS makes five connections to a server that takes its time before it shakes hands; the healthy one does not.
func slowTLS() {
	const count = 5
	var longest time.Duration
	for range make([]struct{}, count) {
		begin := time.Now()
		// The certificate is the scenario's own.
		conn, err := tls.Dial("tcp4", server, &tls.Config{InsecureSkipVerify: true})
		check(err)
		if took := time.Since(begin); took > longest {
			longest = took
		}
		greeting := make([]byte, 5)
		_, err = io.ReadFull(conn, greeting)
		check(err)
		check(conn.Close())
	}
	done(map[string]int{"handshakes": count, "longest": int(longest)})
}
