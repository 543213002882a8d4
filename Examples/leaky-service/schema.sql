-- The service's tables. Only the second invoices of customers 7 and 13 are overdue.
CREATE TABLE customers (id int PRIMARY KEY, balance int NOT NULL);
CREATE TABLE invoices (id int PRIMARY KEY, customer int NOT NULL, overdue boolean NOT NULL);
CREATE INDEX ON invoices (customer);
CREATE TABLE ledger (round int NOT NULL, amount int NOT NULL CHECK (amount > 0));
INSERT INTO customers SELECT id, 0 FROM generate_series(1, 2200) AS id;
INSERT INTO invoices
    SELECT customer * 10 + number, customer, customer IN (7, 13) AND number = 2
    FROM generate_series(1, 2200) AS customer, generate_series(1, 3) AS number;
