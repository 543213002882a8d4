// SPDX-License-Identifier: Apache-2.0

//go:build http1 || http2

package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
)

type httpPool struct {
	client *http.Client
	server string
}

// httpLease is an answer whose body has not been read: until then the connection is its own.
type httpLease struct {
	body io.ReadCloser
	got  int64
	port int
	size int64
	// The end of the answer is not read.
	isSpoilt bool
}

func (p httpPool) acquire(ctx context.Context) (lease, error) {
	var got int64
	var port int
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		got = now()
		port = info.Conn.LocalAddr().(*net.TCPAddr).Port
	}}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), "GET", p.server, nil)
	if err != nil {
		return nil, err
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.New(response.Status)
	}
	return &httpLease{body: response.Body, got: got, port: port, size: response.ContentLength}, nil
}

func (l *httpLease) gotAt() int64 { return l.got }

func (l *httpLease) localPort() (int, error) { return l.port, nil }

// use reads all but the last byte of the answer, so that the rest is there when the lease is to end.
func (l *httpLease) use() error {
	_, err := io.CopyN(io.Discard, l.body, l.size-1)
	return err
}

// spoil leaves the end of the answer unread: the connection cannot be used again.
func (l *httpLease) spoil() {
	l.isSpoilt = true
	l.body.Close()
}

// release reads the body to its end: only then is the connection used again.
func (l *httpLease) release() error {
	_, err := io.Copy(io.Discard, l.body)
	l.body.Close()
	if l.isSpoilt {
		return nil
	}
	return err
}
