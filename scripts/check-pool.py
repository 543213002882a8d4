#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the leases of a trace against the account of the program itself (Examples/pools).

usage: check-pool.py LEASES.jsonl REPORT.json STATES.jsonl ACCOUNT POOL LEAKS [--stress | --attached TURNS] [--alike]

LEASES.jsonl is what `poolscope leases --format json` prints, REPORT.json what `poolscope analyze --format json` does,
STATES.jsonl the pool_state records of `poolscope show --format json`. With --stress, the program had no time to measure:
what it has is bounds. With --attached, the recording began and ended while the program was at work, which took so many
turns. With --alike, context.Canceled cannot be told from other errors of its type.
"""
import collections
import json
import pathlib
import statistics
import sys

from pool_checks import (
    HANDED_OVER,
    check_attached,
    check_connection,
    check_counters,
    check_failed,
    check_samples,
    check_shared,
    check_without_port,
)

# The order of the program's looks at the clock and the probes between them is certain, for every lease. How near they are
# to each other is not: the program may lose its processor between its look and the call. So most have to be near: as near
# as this, or as 5 % of the wait or hold, and half of them nearer.
TOLERANCE_NS = 1_000_000
SHARE_WITHIN_TOLERANCE = 0.95
TYPICAL_NS = 200_000
# Where the pool closes a connection at its release exactly if the lease spoilt it.
KEPT_IF_SOUND = {"pgxpool4", "pgxpool5", "redigo", "redigovendored", "goredis9", "databasesql", "mysql", "pgxstdlib"}


def main():
    leases, report, states, account = (pathlib.Path(path) for path in sys.argv[1:5])
    variant, leaks, is_stressed = sys.argv[5], int(sys.argv[6]), "--stress" in sys.argv
    pool = variant.partition("+")[0]
    is_surplus_closed = variant.endswith("+idle")
    told = [json.loads(line) for line in account.read_text().splitlines()]
    found = [json.loads(line) for line in leases.read_text().splitlines()]
    problems = []

    def expect(holds, text):
        if not holds and len(problems) < 20:
            problems.append(text)

    summary = json.loads(report.read_text())
    states = [json.loads(line) for line in states.read_text().splitlines()]
    if "--attached" in sys.argv:
        turns = int(sys.argv[sys.argv.index("--attached") + 1])
        said = check_attached(found, told, states, summary, account, pool, leaks, turns, expect)
        for problem in problems:
            print(f"check-pool: {pool}: {problem}", file=sys.stderr)
        if not problems:
            print(said)
        return 1 if problems else 0
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
    near, deviations, pairs = 0, [], []
    for entry in sorted(told, key=lambda entry: entry["ask"]):
        mine = by_goroutine[entry["goroutine"]]
        lease = mine.pop(0) if mine else None
        if lease is None:
            expect(False, f"no lease in the trace for {entry}")
            continue
        name = f"lease {lease['lease']}, {lease['how_ended']}, port {lease['local_port']} {lease['join']}, for {entry}"
        begin, end, release = (lease[key] and lease[key]["timestamp_ns"] for key in ("requested", "acquired", "ended"))
        expect(begin is not None and entry["ask"] <= begin <= end, f"acquired at another time: {name}")
        pairs.append((lease, entry))
        check_connection(lease, entry, name, expect)
        expect((release is None) == (entry["released"] == 0), f"released or not: {name}")
        if pool not in HANDED_OVER:
            expect(end <= entry["got"], f"acquired too late: {name}")
        if release is None:
            continue
        expect(entry["release"] <= release, f"released too early: {name}")
        if pool not in HANDED_OVER:
            expect(release <= entry["released"], f"released too late: {name}")
        if pool in KEPT_IF_SOUND and not is_surplus_closed:
            expect((lease["how_ended"] == "returned") != entry["spoiled"], f"ended in another way: {name}")
        # A spoilt lease ends somewhere between Release and Released: only the order is certain.
        if begin is None or entry["spoiled"]:
            continue
        wait, hold = entry["got"] - entry["ask"], entry["release"] - entry["got"]
        of_wait, of_hold = abs(lease["wait_ns"] - wait), abs(lease["hold_ns"] - hold)
        near += of_wait <= max(TOLERANCE_NS, wait / 20) and of_hold <= max(TOLERANCE_NS, hold / 20)
        deviations.append(max(of_wait, of_hold))
    typical = statistics.median(deviations) if deviations else 0
    expect(deviations, "no lease to compare")
    if not is_stressed:
        expect(near >= SHARE_WITHIN_TOLERANCE * len(deviations),
               f"wait and hold of {len(deviations) - near} leases of {len(deviations)} are not as measured")
        expect(typical <= TYPICAL_NS, f"wait and hold are typically {typical / 1e3:.0f} us from what was measured")

    # How often a connection was leased before, by its port: only one at a time has it.
    uses = collections.Counter()
    check_without_port(pairs, expect)
    for lease in sorted(found, key=lambda lease: lease["lease"]):
        port = lease["local_port"] or lease["socket_inode"]
        uses[port] = 1 if lease["is_connection_new"] else uses[port] + 1
        expect(lease["connection_leases"] == uses[port], f"leased {uses[port]} times: {lease['lease']}")

    check_counters(states, account, expect, is_surplus_closed)
    if is_surplus_closed:
        closes = json.loads(account.with_name(account.name + ".stats").read_text())["surplus_closes"]
        surplus = [lease for lease in found if lease["how_ended"] == "closed without error"]
        expect(len(surplus) == closes, f"{closes} connections were closed as surplus, {len(surplus)} in the trace")
    compared = check_samples(found, states, account, expect)
    names = sorted(shown["pool"] for shown in summary["pools"])
    if pool == "redigovendored":
        expect(names == ["redigo in example.org/reports/vendor #1", "redigo in pools/vendor #1"], f"the pools are {names}")
        shares = [shown["acquires"] for shown in summary["pools"]]
        expect(max(shares) - min(shares) <= 1, f"the pools, which took turns, have {shares} acquires")
    else:
        expect(len(names) == 1, f"the pools are {names}")
    acquires = sum(shown["acquires"] for shown in summary["pools"])
    failed = check_failed(account, summary, expect, "--alike" in sys.argv)
    expect(acquires == len(told) + failed, f"{acquires} acquires in the report of {len(told)} and {failed}")
    for shown in summary["pools"]:
        # http1 dials for a request, which meanwhile gets another connection: the new one goes to the idle ones.
        expect(shown["releases_without_lease"] == 0 or pool == "http1", "the report has releases without a lease")
        expect(shown["missed_acquires"] == 0, f"{shown['missed_acquires']} acquires were missed")
        own = shown["pool_counters"]
        expect(own is None or own["agrees"], f"the pool's own count: {own}")
    for finding in summary["findings"]:
        if finding["rule"] == "lease-leak":
            site = [frame["function"] for frame in finding["stack"] or [] if frame["is_site"]]
            expect(site and site[0].startswith("main."), f"a leak by {site}, which is not of the program itself")
    named = sum(len(finding["leases"]) for finding in summary["findings"] if finding["rule"] == "lease-leak")
    expect(named == leaks, f"the report names {named} leaked leases of {leaks}")
    for problem in problems:
        print(f"check-pool: {pool}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{len(told)} leases, {leaks} leaked; wait and hold as measured in {near} of {len(deviations)}, "
              f"typically {typical / 1e3:.0f} us off" + (f"; {compared} readings under load" if compared else "")
              + (f"; {failed} acquires given up" if failed else ""))
    return 1 if problems else 0


sys.exit(main())
