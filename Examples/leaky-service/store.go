// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"database/sql"
)

// store is the service's database access. Each method takes one lease. pg_sleep stands for the server's work.
type store struct {
	db      *sql.DB
	account *account
	work    float64 // seconds

	// endsItsLeases is false in the leaky mode, where two methods forget to.
	endsItsLeases bool
}

const (
	overdueInvoices = `SELECT i.id, i.overdue FROM pg_sleep($2), invoices i WHERE i.customer = $1 ORDER BY i.id`
	customerBalance = `SELECT c.balance FROM pg_sleep($2), customers c WHERE c.id = $1`
	addToBalance    = `UPDATE customers SET balance = balance + $2 FROM pg_sleep($3) WHERE id = $1`
	bookAmount      = `INSERT INTO ledger (round, amount) SELECT $1::int, $2::int FROM pg_sleep($3)`
)

// firstOverdueInvoice is the number of the customer's first overdue invoice; 0: none.
func (s *store) firstOverdueInvoice(ctx context.Context, customer int) (int, error) {
	rows, err := s.db.QueryContext(ctx, overdueInvoices, customer, s.work)
	if err != nil {
		return 0, err
	}
	s.account.leased("firstOverdueInvoice")
	if s.endsItsLeases {
		defer rows.Close()
	}
	for rows.Next() {
		var invoice int
		var overdue bool
		if err := rows.Scan(&invoice, &overdue); err != nil {
			rows.Close()
			return 0, err
		}
		if overdue {
			s.account.left("firstOverdueInvoice", s.endsItsLeases)
			return invoice, nil // leaves the loop before its end: nothing closes the rows
		}
	}
	return 0, rows.Err()
}

func (s *store) balance(ctx context.Context, customer int) (int, error) {
	var balance int
	err := s.db.QueryRowContext(ctx, customerBalance, customer, s.work).Scan(&balance)
	s.account.leased("balance")
	return balance, err
}

func (s *store) pay(ctx context.Context, customer, amount int) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	s.account.leased("pay")
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, addToBalance, customer, amount, s.work); err != nil {
		return err
	}
	return tx.Commit()
}

func (s *store) closeBooks(ctx context.Context, round, amount int) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	s.account.leased("closeBooks")
	if s.endsItsLeases {
		defer tx.Rollback()
	}
	if _, err := tx.ExecContext(ctx, bookAmount, round, amount, s.work); err != nil {
		s.account.left("closeBooks", s.endsItsLeases)
		return err // the error path: nothing ends the transaction
	}
	return tx.Commit()
}

// preconnect opens connections before the first round, as a service that has been running for a while has them.
func (s *store) preconnect(count int) error {
	for i := 0; i < count; i++ {
		connection, err := s.db.Conn(context.Background())
		if err != nil {
			return err
		}
		defer connection.Close() // at the end of the function: all of them are held at once
	}
	return nil
}
