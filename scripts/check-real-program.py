#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the leases of a trace against what the servers know of them.

usage: check-real-program.py postgres RECORDS.jsonl REPORT.json SERVER_LOG
       check-real-program.py snmp RECORDS.jsonl REPORT.json TARGET SCRAPES REFUSING_TARGET

RECORDS.jsonl is what `poolscope show --format json` prints, REPORT.json what `poolscope analyze --format json` does.
SERVER_LOG has a line for each statement, which begins with the client's address and port.
"""
import collections
import json
import pathlib
import re
import sys

problems = []


def expect(holds, text):
    if not holds:
        problems.append(text)


class Trace:
    """The leases, each with the socket that it was joined to."""

    def __init__(self, path):
        self.leases, self.strays, self.sockets, self.remotes = [], 0, {}, {}
        begun, open_leases = 0, {}
        by_acquire = {}
        for line in path.read_text().splitlines():
            record = json.loads(line)
            kind, inode = record["record"], record.get("socket_inode")
            if kind == "pool_acquire_begin":
                begun += 1
            elif kind == "pool_acquire_end":
                lease = {"inode": inode, "connection": record["connection"], "is_open": True}
                self.leases.append(lease)
                self.strays += record["connection"] in open_leases
                open_leases[record["connection"]] = lease
                by_acquire[record["connection"], record["timestamp_ns"]] = lease
            elif kind == "pool_release":
                lease = open_leases.pop(record["connection"], None)
                self.strays += lease is None
                if lease:
                    lease["is_open"] = False
            elif kind == "lease_join":
                by_acquire[record["connection"], record["acquired_ns"]]["inode"] = inode
            if record.get("local_port"):
                self.sockets[inode] = record["local_port"]
            if record.get("remote_port"):
                self.remotes[inode] = record["remote_port"]
        expect(begun == len(self.leases), f"{begun} acquires began, {len(self.leases)} ended")
        expect(self.strays == 0, f"{self.strays} releases without a lease, or leases of a leased connection")
        expect(not any(lease["is_open"] for lease in self.leases), "leases that were not released")


def check_postgres(trace, report, log):
    statements = collections.Counter(
        int(port) for port in re.findall(r"^127\.0\.0\.1\((\d+)\) LOG:  (?:statement|execute)", log.read_text(), re.M))
    leases = collections.Counter(trace.sockets.get(lease["inode"]) for lease in trace.leases)
    expect(statements and leases == statements, f"statements by client port {statements}, leases {leases}")
    # The exporter sets one connection as the limit of each of its pools.
    expect(len(report["pools"]) == len(statements), f"{len(report['pools'])} pools for {len(statements)} connections")
    for pool in report["pools"]:
        expect(pool["pool"].startswith("database/sql"), f"a pool {pool['pool']}")
        expect(pool["maximum_open"] == 1, f"{pool['pool']}: limit {pool['maximum_open']}")
        expect((pool["open_by_pool_counters"], pool["idle_by_pool_counters"]) == (1, 1), f"{pool['pool']}: not one and idle")
        expect(pool["peak_leases"] == 1, f"{pool['pool']}: {pool['peak_leases']} at once")
    return f"{len(trace.leases)} leases of {len(report['pools'])} pools, as many on each connection as statements"


def check_snmp(trace, report, target, scrapes, refusing):
    ports = collections.Counter(trace.remotes.get(lease["inode"]) for lease in trace.leases)
    wanted = {int(target.rsplit(":")[-1]): int(scrapes), int(refusing.rsplit(":")[-1]): 1}
    expect(ports == wanted, f"scrapes by agent's port {wanted}, leases {ports}")
    inodes = {lease["inode"] for lease in trace.leases}
    expect(len(inodes) == len(trace.leases), f"{len(trace.leases)} leases of {len(inodes)} sockets")
    expect([pool["pool"] for pool in report["pools"]] == ["gosnmp #1"], f"pools {report['pools']}")
    still_open = [end["open_sockets"] for end in report["endpoints"] if end["endpoint"] == target]
    expect(still_open == [0], f"open sockets to the agent: {still_open}")
    return f"{len(trace.leases)} clients, each closed"


def main():
    kind, records, report = sys.argv[1], pathlib.Path(sys.argv[2]), json.loads(pathlib.Path(sys.argv[3]).read_text())
    trace = Trace(records)
    if kind == "postgres":
        summary = check_postgres(trace, report, pathlib.Path(sys.argv[4]))
    else:
        summary = check_snmp(trace, report, *sys.argv[4:7])
    # A limit of one connection may be a note.
    expect(report["verdict"] in ("clean", "note"), f"verdict {report['verdict']}")
    decided = {rule["rule"]: rule["verdict"] for rule in report["rules"]}
    expect(decided["lease-leak"] == "clean", f"lease-leak: {decided['lease-leak']}")
    acquires = sum(pool["acquires"] for pool in report["pools"])
    expect(acquires == len(trace.leases), f"{acquires} acquires in the report of {len(trace.leases)}")
    for pool in report["pools"]:
        for key in ("failures", "open_leases", "releases_without_lease", "missed_releases", "missed_acquire_ends"):
            expect(pool[key] == 0, f"{pool['pool']}: {key} {pool[key]}")
    expect(not any(loss["count"] for loss in report["losses"]), f"losses {report['losses']}")
    for problem in problems:
        print(f"check-real-program: {kind}: {problem}", file=sys.stderr)
    if not problems:
        print(f"ok   {summary}")
    return 1 if problems else 0


sys.exit(main())
