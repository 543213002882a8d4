#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds a report against what the service says of itself.

usage: check-demo.py leaky|healthy EXIT-CODE REPORT.json TRUTH
"""
import datetime
import json
import pathlib
import re
import sys

STORE = pathlib.Path(__file__).resolve().parent.parent / "Examples/leaky-service/store.go"


def acquiring_lines():
    """The line in store.go at which each method takes its lease, by method."""
    lines, method = {}, None
    for number, text in enumerate(STORE.read_text().splitlines(), 1):
        if found := re.match(r"func \(s \*store\) (\w+)\(", text):
            method = found[1]
        elif re.search(r"s\.db\.(QueryContext|QueryRowContext|BeginTx)\(", text):
            lines[method] = number
    return lines


def wall_time(text):
    """Seconds since 1970 of an ISO 8601 time, whose fraction may have more digits than Python reads."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    return datetime.datetime.fromisoformat(seconds + "+00:00").timestamp() + float(f"0.{fraction or 0}")


def leaked_leases(report):
    """Function, line and goroutine of each lease that the report calls leaked."""
    for finding in report["findings"]:
        if finding["rule"] == "lease-leak":
            site = next((frame for frame in finding["stack"] if frame["is_site"]), {"function": None, "line": None})
            for lease in finding["leases"]:
                yield site["function"], site["line"], lease["goroutine_id"]


def main():
    mode, status, report_path, truth_path = sys.argv[1:]
    report = json.loads(pathlib.Path(report_path).read_text())
    truth = [json.loads(line) for line in pathlib.Path(truth_path).read_text().splitlines()]
    leaks = [entry for entry in truth if entry["event"] == "leak"]
    problems = []

    def expect(holds, text):
        if not holds:
            problems.append(text)

    if mode == "healthy":
        expect(status == "0", f"exit code {status} for a healthy service")
        expect(not report["findings"], f"{len(report['findings'])} findings about a healthy service")
    else:
        expect(status == "1", f"exit code {status} for a service that leaks")
        expect(len(leaks) == 3, f"the service leaked {len(leaks)} leases instead of 3")
        found = sorted(leaked_leases(report))
        told = sorted((f"main.(*store).{leak['function']}", acquiring_lines()[leak["function"]], leak["goroutine"])
                      for leak in leaks)
        expect(found == told, f"leaked are {told} (function, line, goroutine), the report names {found}")
        for finding in report["findings"]:
            if finding["rule"] != "lease-leak":
                continue
            expect(finding["waiters"], "no one is named who waited for the pool")
            for lease in finding["leases"]:
                expect(lease["descriptor"] >= 0 and lease["socket"] and lease["socket"]["endpoint"],
                       f"a leaked lease without its socket: {lease}")
                expect(lease["join"].startswith("pointer chain"), f"a lease joined by {lease['join']}")
                expect(lease["holder"] in ("exists", "ended"), f"a holder that is {lease['holder']}")
        # The work began when the probes were armed, and goes on after the trace.
        ended = wall_time(report["trace"]["started_at"]) + report["trace"]["duration_ns"] / 1e9
        rounds = sum(entry["event"] == "round" and wall_time(entry["wall_time"]) < ended for entry in truth)
        acquires = sum(pool["acquires"] for pool in report["pools"])
        expect(23 * rounds <= acquires <= 23 * (rounds + 1), f"{acquires} leases in {rounds} whole rounds of 23")
    for problem in problems:
        print(f"check-demo: {mode}: {problem}", file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
