#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the leases of a trace against the account of the program itself (Examples/pools).

usage: check-pool.py LEASES.jsonl REPORT.json ACCOUNT POOL LEAKS

LEASES.jsonl is what `poolscope leases --format json` prints, REPORT.json what `poolscope analyze --format json` does.
"""
import collections
import json
import pathlib
import sys

# Wait and hold as the program measured them: as near as this, or as 5 %.
TOLERANCE_NS = 1_000_000
# The program is not alone on its processors: it may lose one between its look at the clock and the call.
SHARE_WITHIN_TOLERANCE = 0.95
# Where the account is of the calls themselves. With http1 the program is told from within the acquire, and the
# connection's own goroutine gives it back later.
SEEN_BY_CALLER = {"pgxpool4", "pgxpool5", "redigo", "goredis9", "databasesql"}


def check_shared(summary, found, told):
    """A connection that serves many requests at once is leased to none of them."""
    stray = sum(shown["releases_without_lease"] for shown in summary["pools"])
    acquires = sum(shown["acquires"] for shown in summary["pools"])
    leaks = [finding for finding in summary["findings"] if finding["rule"] == "lease-leak"]
    if found or stray or leaks or not told or not 0 < acquires <= len(told):
        print(f"check-pool: http2: {len(found)} leases, {stray} stray releases, {len(leaks)} findings, "
              f"{acquires} acquires for {len(told)} requests", file=sys.stderr)
        return 1
    print(f"{len(told)} requests, no lease")
    return 0


def main():
    leases, report, account = (pathlib.Path(path) for path in sys.argv[1:4])
    pool, leaks = sys.argv[4], int(sys.argv[5])
    told = [json.loads(line) for line in account.read_text().splitlines()]
    found = [json.loads(line) for line in leases.read_text().splitlines()]
    problems = []

    def expect(holds, text):
        if not holds and len(problems) < 20:
            problems.append(text)

    summary = json.loads(report.read_text())
    if pool == "http2":
        return check_shared(summary, found, told)
    expect(len(found) == len(told), f"{len(told)} leases, {len(found)} in the trace")
    unseen = [lease for lease in found if lease["how_ended"] == "unknown"]
    expect(not unseen, f"{len(unseen)} leases of a leased connection")
    open_leases = [lease for lease in found if lease["how_ended"] == "open"]
    expect(len(open_leases) == leaks, f"{leaks} leaked, {len(open_leases)} open in the trace")

    by_goroutine = collections.defaultdict(list)
    for lease in sorted(found, key=lambda lease: lease["lease"]):
        by_goroutine[lease["goroutine_id"]].append(lease)
    near = compared = 0
    for entry in sorted(told, key=lambda entry: entry["ask"]):
        mine = by_goroutine[entry["goroutine"]]
        lease = mine.pop(0) if mine else None
        if lease is None:
            expect(False, f"no lease in the trace for {entry}")
            continue
        name = f"lease {lease['lease']}, {lease['how_ended']}, port {lease['local_port']} {lease['join']}, for {entry}"
        begin, end, release = (lease[key] and lease[key]["timestamp_ns"] for key in ("requested", "acquired", "ended"))
        expect(begin is not None and entry["ask"] <= begin <= end, f"acquired at another time: {name}")
        expect(lease["local_port"] == entry["port"] and lease["join"].startswith("walked"), f"another connection: {name}")
        expect((release is None) == (entry["released"] == 0), f"released or not: {name}")
        # A spoilt lease ends somewhere between Release and Released: only the order is certain.
        exact = begin is not None and not entry["spoiled"]
        if release is None:
            continue
        expect(entry["release"] <= release, f"released too early: {name}")
        if pool in SEEN_BY_CALLER:
            expect(end <= entry["got"], f"acquired too late: {name}")
            expect(release <= entry["released"], f"released too late: {name}")
            expect((lease["how_ended"] == "returned") != entry["spoiled"], f"ended in another way: {name}")
        if not exact:
            continue
        compared += 1
        wait, hold = entry["got"] - entry["ask"], entry["release"] - entry["got"]
        near += (abs(lease["wait_ns"] - wait) <= max(TOLERANCE_NS, wait / 20)
                 and abs(lease["hold_ns"] - hold) <= max(TOLERANCE_NS, hold / 20))
    expect(near >= SHARE_WITHIN_TOLERANCE * compared > 0,
           f"wait and hold of {compared - near} leases of {compared} are not as measured")

    # How often a connection was leased before, by its port: only one at a time has it.
    uses = collections.Counter()
    for lease in sorted(found, key=lambda lease: lease["lease"]):
        port = lease["local_port"]
        uses[port] = 1 if lease["is_connection_new"] else uses[port] + 1
        expect(lease["connection_leases"] == uses[port], f"leased {uses[port]} times: {lease['lease']}")

    expect(len(summary["pools"]) == 1, f"{len(summary['pools'])} pools in the report")
    for shown in summary["pools"]:
        expect(shown["acquires"] == len(told), f"{shown['acquires']} acquires in the report of {len(told)}")
        # http1 dials for a request, which meanwhile gets another connection: the new one goes to the idle ones.
        expect(shown["releases_without_lease"] == 0 or pool == "http1", "the report has releases without a lease")
        expect(shown["missed_acquires"] == 0, f"{shown['missed_acquires']} acquires were missed")
        own = shown["own_count"]
        expect(own is None or own["agrees"], f"the pool's own count: {own}")
    named = sum(len(finding["leases"]) for finding in summary["findings"] if finding["rule"] == "lease-leak")
    expect(named == leaks, f"the report names {named} leaked leases of {leaks}")
    for problem in problems:
        print(f"check-pool: {pool}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{len(told)} leases, {leaks} leaked; wait and hold as measured in {near} of {compared}")
    return 1 if problems else 0


sys.exit(main())
