// SPDX-License-Identifier: Apache-2.0

//go:build http1

package main

import (
	"crypto/tls"
	"net/http"
)

func openPool(server string) (pool, error) {
	transport := &http.Transport{
		MaxConnsPerHost: poolSize, MaxIdleConnsPerHost: poolSize, DialContext: timedDial,
		// The server of a test has a certificate of its own making.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	return httpPool{&http.Client{Transport: transport}, server}, nil
}
