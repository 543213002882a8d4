// SPDX-License-Identifier: Apache-2.0
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// certificateRotation asks for thirteen pages at one time, each on a connection of its own, and keeps the connections. When the
// server has another certificate, it asks for five more, one after the other.
func certificateRotation() {
	const pages, more = 13, 5
	authority, err := os.ReadFile(os.Args[4])
	check(err)
	trust := x509.NewCertPool()
	if !trust.AppendCertsFromPEM(authority) {
		check(errors.New("no certificate"))
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trust}, MaxIdleConnsPerHost: pages,
	}}
	var answers sync.WaitGroup
	for page := range make([]struct{}, pages) {
		answers.Add(1)
		go func(page int) {
			defer answers.Done()
			check(get(client, page))
		}(page)
	}
	if isFailing {
		answers.Wait()
	}
	// A connection counts when it is older than two seconds.
	time.Sleep(2200 * time.Millisecond)
	rotated := make(chan os.Signal, 1)
	signal.Notify(rotated, syscall.SIGUSR1)
	fmt.Println("connected")
	<-rotated
	refused := 0
	for range make([]struct{}, more) {
		if get(client, 0) != nil {
			refused++
		}
		time.Sleep(70 * time.Millisecond)
	}
	answers.Wait()
	done(map[string]int{"refused": refused})
}

func get(client *http.Client, page int) error {
	answer, err := client.Get(fmt.Sprintf("%s/page-%d", server, page))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
