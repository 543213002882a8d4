// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"log"
	"sync"
)

// service turns work into calls of the store: each request in a goroutine of its own that ends with the request,
// the books in one goroutine that lives as long as the service.
type service struct {
	store *store
	slots chan struct{}
	books chan bookkeeping
}

type bookkeeping struct {
	round int
	done  *sync.WaitGroup
}

func newService(s *store) *service {
	service := &service{store: s, slots: make(chan struct{}, concurrentRequests), books: make(chan bookkeeping)}
	go service.keepBooks()
	return service
}

// work takes 23 leases: one for each of 22 requests, one for the books.
func (s *service) work(round int) {
	var done sync.WaitGroup
	done.Add(1 + requestsPerRound)
	s.books <- bookkeeping{round, &done}
	for request := 1; request <= requestsPerRound; request++ {
		s.slots <- struct{}{}
		go func(request int) {
			defer done.Done()
			defer func() { <-s.slots }()
			s.handle(request, customerOf(round, request))
		}(request)
	}
	done.Wait()
}

// customerOf spreads the requests over the 2200 customers. Only the first round meets customers 7 and 13, whose
// second invoice is overdue.
func customerOf(round, request int) int {
	if round == 1 {
		return request
	}
	return requestsPerRound*(1+(round-2)%99) + request
}

func (s *service) handle(request, customer int) {
	var err error
	switch request % 3 {
	case 0:
		err = s.handlePayment(customer)
	case 1:
		err = s.handleReminder(customer)
	default:
		err = s.handleBalance(customer)
	}
	if err != nil {
		log.Printf("request %d of customer %d: %v", request, customer, err)
	}
}

func (s *service) handleReminder(customer int) error {
	invoice, err := s.store.firstOverdueInvoice(context.Background(), customer)
	if err == nil && invoice != 0 {
		log.Printf("customer %d: reminder for invoice %d", customer, invoice)
	}
	return err
}

func (s *service) handleBalance(customer int) error {
	_, err := s.store.balance(context.Background(), customer)
	return err
}

func (s *service) handlePayment(customer int) error {
	return s.store.pay(context.Background(), customer, 1)
}

func (s *service) keepBooks() {
	for job := range s.books {
		amount := 100
		if job.round == 1 {
			amount = -100 // refused by the ledger's CHECK constraint: the error path
		}
		if err := s.store.closeBooks(context.Background(), job.round, amount); err != nil {
			log.Printf("books of round %d: %v", job.round, err)
		}
		job.done.Done()
	}
}
