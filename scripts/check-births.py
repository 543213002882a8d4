#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds a report against what Examples/births did.

usage: check-births.py ACCOUNT REPORT.json NAME

Times have only lower bounds: the machine may be slow, the program's own delays are never shorter.
"""
import json
import pathlib
import sys

MILLISECOND = 1_000_000
START_UP_NS = 30 * MILLISECOND
HANDSHAKE_NS = 40 * MILLISECOND

failures = []


def expect(what, found, wanted):
    if found != wanted:
        failures.append(f"{what}: {found}, expected {wanted}")


def expect_least(what, found, least):
    if not found or found < least:
        failures.append(f"{what}: {found}, expected at least {least}")


def check_births(report, account):
    plain_at, secure_at = account["ready"]
    births = {(birth["endpoint"], birth["pool"]): birth for birth in report["connection_setups"]}
    plain = [birth for birth in report["connection_setups"] if birth["endpoint"] == plain_at]
    pooled = [birth for birth in plain if birth["connections"] == int(account["plain"])]
    expect("pools of the plain server with all connections", len(pooled), 1)
    secure = [birth for (endpoint, pool), birth in births.items() if endpoint == secure_at and pool]
    refused = births.get((secure_at, None))
    over_http = [birth for birth in report["connection_setups"] if birth["pool"] == "net/http #1"]
    expect("pools of the TLS server", len(secure), 1)
    expect("endpoints over net/http", len(over_http), 1)
    if failures:
        return
    expect("refused", (refused or {}).get("failed_handshakes"), int(account["refused"]))
    for name, birth, count in (("plain", pooled[0], "plain"), ("secure", secure[0], "secure"),
                               ("http", over_http[0], "http")):
        count = int(account[count])
        handshakes = 0 if name == "plain" else count
        expect(f"{name} connections", birth["connections"], count)
        for part, wanted in (("lookup", count), ("connect", count), ("tls", handshakes), ("session_startup", count),
                             ("total", count)):
            expect(f"{name} {part}", birth[part]["count"], wanted)
    expect_least("plain start-up", pooled[0]["session_startup"]["p50_ns"], START_UP_NS)
    expect_least("secure start-up", secure[0]["session_startup"]["p50_ns"], START_UP_NS)
    expect_least("secure handshake", secure[0]["tls"]["p50_ns"], HANDSHAKE_NS)
    expect_least("secure in all", secure[0]["total"]["p50_ns"], START_UP_NS + HANDSHAKE_NS)
    for birth in (pooled[0], secure[0]):
        parts = sum(birth[part]["total_ns"] for part in ("lookup", "connect", "tls", "session_startup"))
        if parts > birth["total"]["total_ns"]:
            failures.append(f"{birth['endpoint']}: the parts are longer than the whole")
    names = {entry["name"]: entry for entry in report["name_lookups"]}
    expect("failed look-ups", names.get("absent.example", {}).get("failures"), int(account["lookups_failed"]))
    expect("names", sorted(names), ["absent.example", "localhost"])
    expect("handshakes without a socket", report["trace_anomalies"]["unplaced_handshakes"], 0)


def check_holders(report):
    leases = [lease for finding in report["findings"] for lease in finding["leases"]]
    held = [lease for lease in leases if lease["holder_stack"]
            and any(frame["function"] == "main.holdForever" for frame in lease["holder_stack"])]
    expect("leases held in main.holdForever", len(held), 1)
    for lease in held:
        expect("reason", lease["holder_waits_for"], "chan receive")
        expect("outermost call", lease["holder_stack"][-1]["function"], "runtime.goexit")
        expect_least("seen at one audit before the last", lease["holder_seen"]["at_ns"]
                     - lease["holder_there_since_ns"], MILLISECOND)


def check_deadlines(report):
    asking = [lease for lease in report["open_leases"] if lease["holder_stack"]
              and any(frame["function"] == "main.ask" for frame in lease["holder_stack"])]
    expect("deadlines of leases that wait for an answer",
           sorted(lease["socket"]["read_deadline"] for lease in asking if lease["awaiting_answer_since_ns"]),
           ["armed", "none", "none"])
    waiting = {read["socket"]["inode"]: read["read_deadline"] for read in report["waiting_reads"]}
    for lease in asking:
        expect("the same socket's waiting read", waiting.get(lease["socket"]["inode"]),
               lease["socket"]["read_deadline"])


def main():
    account = {}
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        key, *values = line.split()
        account[key] = values if len(values) > 1 else (values or [None])[0]
    report = json.loads(pathlib.Path(sys.argv[2]).read_text())
    expect("losses", [loss for loss in report["losses"] if not loss["is_stack_only"]], [])
    check_births(report, account)
    check_holders(report)
    check_deadlines(report)
    for failure in failures:
        print(f"{sys.argv[3]}: {failure}", file=sys.stderr)
    if failures:
        sys.exit(1)
    print(f"{sys.argv[3]}: as the program says")


main()
