// SPDX-License-Identifier: Apache-2.0

// Connections of two pools that are born in known parts: a name is looked up, TCP connects, TLS shakes hands, and the
// server takes its time before it greets. Then it waits in ways that are known. Its input says which of these: a line with
// the words pools, http, waits. It prints what it did, and ends with its input.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	plainConnections  = 7
	secureConnections = 5
	refusedHandshakes = 3
	failedLookups     = 2
	// Before the server greets.
	startUp = 30 * time.Millisecond
	// Before the server answers a handshake.
	handshakeDelay = 40 * time.Millisecond
)

func main() {
	plain := serve(nil)
	secure := serve(certificate())
	fmt.Printf("ready %s %s\n", plain, secure)
	input := bufio.NewReader(os.Stdin)
	line, err := input.ReadString('\n')
	if err != nil {
		return
	}
	count := map[string]int{}
	if strings.Contains(line, "pools") {
		pools(plain, secure, count)
	}
	if strings.Contains(line, "http") {
		requests(count)
	}
	if strings.Contains(line, "waits") {
		waits(plain)
	}
	for _, name := range []string{"plain", "secure", "refused", "lookups_failed", "http"} {
		fmt.Printf("%s %d\n", name, count[name])
	}
	fmt.Println("done")
	input.ReadString('\n')
}

// Every connection of a pool at once, so that each is dialled.
func fill(connector *connector, number int) {
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(number)
	db.SetMaxIdleConns(number)
	var held []*sql.Conn
	for i := 0; i < number; i++ {
		conn, err := db.Conn(context.Background())
		must(err)
		_, err = conn.ExecContext(context.Background(), "query")
		must(err)
		held = append(held, conn)
	}
	for _, conn := range held {
		must(conn.Close())
	}
}

func pools(plain, secure string, count map[string]int) {
	fill(&connector{address: plain}, plainConnections)
	count["plain"] = plainConnections
	fill(&connector{address: secure, config: &tls.Config{InsecureSkipVerify: true}}, secureConnections)
	count["secure"] = secureConnections
	for i := 0; i < refusedHandshakes; i++ {
		db := sql.OpenDB(&connector{address: secure, config: &tls.Config{ServerName: "localhost"}})
		if _, err := db.Conn(context.Background()); err != nil {
			count["refused"]++
		}
	}
	for i := 0; i < failedLookups; i++ {
		resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("no server")
		}}
		if _, err := resolver.LookupIPAddr(context.Background(), "absent.example"); err != nil {
			count["lookups_failed"]++
		}
	}
}

// net/http dials in a goroutine of its own.
func requests(count map[string]int) {
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		// HTTP/1, and each request on a connection of its own.
		TLSNextProto:      map[string]func(string, *tls.Conn) http.RoundTripper{},
		DisableKeepAlives: true,
	}
	client := &http.Client{Transport: transport}
	address := serveHTTP()
	for i := 0; i < 3; i++ {
		answer, err := client.Get("https://" + address + "/")
		must(err)
		answer.Body.Close()
		count["http"]++
	}
}

// Leases that stay open: three read what never comes, and one waits in a channel.
func waits(plain string) {
	for _, query := range []string{"silence", "silence with deadline", "silence with cleared deadline"} {
		go ask(plain, query)
	}
	go holdForever(sql.OpenDB(&connector{address: plain}))
}

//go:noinline
func ask(plain, query string) {
	_, err := sql.OpenDB(&connector{address: plain}).Exec(query)
	must(err)
}

//go:noinline
func holdForever(db *sql.DB) {
	conn, err := db.Conn(context.Background())
	must(err)
	<-make(chan int)
	conn.Close()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
