// SPDX-License-Identifier: Apache-2.0
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// prematureTimeoutTLS asks an HTTPS server that answers later than its clients wait. They say farewell when they give up.
func prematureTimeoutTLS() {
	const count = 7
	authority, err := os.ReadFile(os.Args[4])
	check(err)
	trust := x509.NewCertPool()
	if !trust.AppendCertsFromPEM(authority) {
		check(errors.New("no certificate"))
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}}}
	ask := func(path string) error {
		answer, err := client.Get("https://" + server + path)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
	failed := 0
	for index := 0; index < count; index++ {
		client.Timeout = time.Minute
		check(ask("/soon"))
		if isFailing {
			client.Timeout = 100 * time.Millisecond
		}
		if ask("/late") != nil {
			failed++
		}
		client.CloseIdleConnections()
	}
	done(map[string]int{"failed": failed})
}
