// SPDX-License-Identifier: Apache-2.0
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"time"
)

// Signed by nobody: a client that looks refuses it.
func certificate() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func listen() net.Listener {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	must(err)
	return listener
}

func serve(config *tls.Config) string {
	listener := listen()
	go func() {
		for {
			conn, err := listener.Accept()
			must(err)
			go converse(conn, config)
		}
	}()
	return listener.Addr().String()
}

// Greets late; answers each q, and never an s.
func converse(conn net.Conn, config *tls.Config) {
	defer conn.Close()
	if config != nil {
		time.Sleep(handshakeDelay)
		secure := tls.Server(conn, config)
		if secure.Handshake() != nil {
			return
		}
		conn = secure
	}
	time.Sleep(startUp)
	conn.Write([]byte{'g'})
	request := make([]byte, 1)
	for {
		if _, err := conn.Read(request); err != nil {
			return
		}
		if request[0] == 'q' {
			conn.Write([]byte{'a'})
		}
	}
}

func serveHTTP() string {
	listener := listen()
	go http.Serve(tls.NewListener(listener, certificate()), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("answer"))
	}))
	_, port, err := net.SplitHostPort(listener.Addr().String())
	must(err)
	return net.JoinHostPort("localhost", port)
}
