#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the leases of a trace against the account of the program itself (Examples/pools).

usage: check-pool.py RECORDS.jsonl REPORT.json ACCOUNT POOL LEAKS [--stress]

RECORDS.jsonl is what `poolscope show --format json` prints, REPORT.json what `poolscope analyze --format json` does.
With --stress, the program had no time to measure: what it has is bounds.
"""
import collections
import json
import pathlib
import statistics
import sys

# The order of the program's looks at the clock and the probes between them is certain, for every lease. How near they are
# to each other is not: the program may lose its processor between its look and the call. So most have to be near: as near
# as this, or as 5 % of the wait or hold, and half of them nearer.
TOLERANCE_NS = 1_000_000
SHARE_WITHIN_TOLERANCE = 0.95
TYPICAL_NS = 200_000
# Where the account is not of the calls themselves: the program is told from within the acquire, and the connection's own
# goroutine gives it back later.
HANDED_OVER = {"http1", "http2"}


def leases_of(path, pool):
    """The leases of the trace in order of acquire, and the local port of each socket inode."""
    begun, open_leases, leases, ports, stray = {}, {}, [], {}, 0
    joins, known = {}, set()
    for line in path.read_text().splitlines():
        record = json.loads(line)
        kind, time = record["record"], record["timestamp_ns"]
        if kind == "pool_acquire_begin":
            begun[record["goroutine_id"]] = time
        elif kind == "pool_acquire_end" and record["connection"]:
            lease = {"goroutine": record["goroutine_id"], "begin": begun.pop(record["goroutine_id"], None), "end": time,
                     "inode": record["socket_inode"], "connection": record["connection"], "release": None}
            leases.append(lease)
            known.add(record["connection"])
            stray += record["connection"] in open_leases
            open_leases[record["connection"]] = lease
            joins[record["connection"], time] = lease
        elif kind in ("pool_release", "pool_connection_close"):
            lease = open_leases.pop(record["connection"], None)
            if lease:
                lease["release"] = time
            elif kind == "pool_release":
                # http1 dials for a request, which meanwhile gets another connection: the new one goes to the idle ones.
                stray += pool != "http1" or record["connection"] in known
        elif kind == "lease_join":
            joins[record["connection"], record["acquired_ns"]]["inode"] = record["socket_inode"]
        elif record.get("local_port"):
            ports[record["socket_inode"]] = record["local_port"]
    return leases, ports, stray


def check_shared(summary, found, told, stray):
    """A connection that serves many requests at once is leased to none of them."""
    acquires = sum(shown["acquires"] for shown in summary["pools"])
    leaks = [finding for finding in summary["findings"] if finding["rule"] == "lease-leak"]
    if found or stray or leaks or not told or not 0 < acquires <= len(told):
        print(f"check-pool: http2: {len(found)} leases, {stray} stray releases, {len(leaks)} findings, "
              f"{acquires} acquires for {len(told)} requests", file=sys.stderr)
        return 1
    print(f"{len(told)} requests, no lease")
    return 0


def main():
    records, report, account = (pathlib.Path(path) for path in sys.argv[1:4])
    pool, leaks, is_stressed = sys.argv[4], int(sys.argv[5]), "--stress" in sys.argv
    told = [json.loads(line) for line in account.read_text().splitlines()]
    found, ports, stray = leases_of(records, pool)
    problems = []

    def expect(holds, text):
        if not holds and len(problems) < 20:
            problems.append(text)

    summary = json.loads(report.read_text())
    if pool == "http2":
        return check_shared(summary, found, told, stray)
    expect(len(found) == len(told), f"{len(told)} leases, {len(found)} in the trace")
    expect(stray == 0, f"{stray} releases without a lease, or leases of a leased connection")
    open_leases = [lease for lease in found if lease["release"] is None]
    expect(len(open_leases) == leaks, f"{leaks} leaked, {len(open_leases)} open in the trace")

    by_goroutine = collections.defaultdict(list)
    for lease in found:
        by_goroutine[lease["goroutine"]].append(lease)
    near, deviations = 0, []
    for entry in sorted(told, key=lambda entry: entry["ask"]):
        mine = by_goroutine[entry["goroutine"]]
        lease = mine.pop(0) if mine else None
        if lease is None:
            expect(False, f"no lease in the trace for {entry}")
            continue
        name = f"{lease} for {entry}"
        expect(lease["begin"] is not None and entry["ask"] <= lease["begin"] <= lease["end"],
               f"acquired at another time: {name}")
        expect(ports.get(lease["inode"]) == entry["port"], f"another connection, {ports.get(lease['inode'])}: {name}")
        expect((lease["release"] is None) == (entry["released"] == 0), f"released or not: {name}")
        if pool not in HANDED_OVER:
            expect(lease["end"] <= entry["got"], f"acquired too late: {name}")
        if lease["release"] is None:
            continue
        expect(entry["release"] <= lease["release"], f"released too early: {name}")
        if pool not in HANDED_OVER:
            expect(lease["release"] <= entry["released"], f"released too late: {name}")
        # A spoilt lease ends somewhere between Release and Released: only the order is certain.
        if lease["begin"] is None or entry["spoiled"]:
            continue
        wait, hold = entry["got"] - entry["ask"], entry["release"] - entry["got"]
        of_wait = abs(lease["end"] - lease["begin"] - wait)
        of_hold = abs(lease["release"] - lease["end"] - hold)
        near += of_wait <= max(TOLERANCE_NS, wait / 20) and of_hold <= max(TOLERANCE_NS, hold / 20)
        deviations.append(max(of_wait, of_hold))
    typical = statistics.median(deviations) if deviations else 0
    expect(deviations, "no lease to compare")
    if not is_stressed:
        expect(near >= SHARE_WITHIN_TOLERANCE * len(deviations),
               f"wait and hold of {len(deviations) - near} leases of {len(deviations)} are not as measured")
        expect(typical <= TYPICAL_NS, f"wait and hold are typically {typical / 1e3:.0f} us from what was measured")

    expect(len(summary["pools"]) == 1, f"{len(summary['pools'])} pools in the report")
    for shown in summary["pools"]:
        expect(shown["acquires"] == len(told), f"{shown['acquires']} acquires in the report of {len(told)}")
        expect(shown["releases_without_lease"] == 0 or pool == "http1", "the report has releases without a lease")
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
              f"typically {typical / 1e3:.0f} us off")
    return 1 if problems else 0


sys.exit(main())
