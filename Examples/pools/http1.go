// SPDX-License-Identifier: Apache-2.0

//go:build http1

package main

import "net/http"

func openPool(server string) (pool, error) {
	transport := &http.Transport{MaxConnsPerHost: poolSize, MaxIdleConnsPerHost: poolSize}
	return httpPool{&http.Client{Transport: transport}, server}, nil
}
