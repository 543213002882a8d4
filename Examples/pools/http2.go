// SPDX-License-Identifier: Apache-2.0

//go:build http2

package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
)

// openPool is a client of a server in this process, as few servers speak HTTP/2 without being set up for it.
func openPool(string) (pool, error) {
	answer := strings.Repeat("text\n", 100)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			w.WriteHeader(http.StatusHTTPVersionNotSupported)
		}
		w.Write([]byte(answer))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	return httpPool{server.Client(), server.URL}, nil
}
