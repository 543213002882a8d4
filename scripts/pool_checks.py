# SPDX-License-Identifier: Apache-2.0
"""What check-pool.py compares, part by part: connections, counters, failures, and recordings in the midst of the work.

`expect(holds, text)` takes what does not hold. The program's account is that of Examples/pools/account.go.
"""
import bisect
import collections
import json
import sys

# Where the account is not of the calls themselves: the program is told from within the acquire, and the connection's own
# goroutine gives it back later.
HANDED_OVER = {"http1", "http2"}
# How far a reading of the pool's counters from outside, which takes its time, may be from the program's own looks at them.
READING_NS = 5_000_000
# What goes up and down may do so between two of the program's looks, a millisecond and more from each other. So many of the
# readings may be of such a moment, and all of which the leases in the trace say the same so close to it.
GAUGES, SHARE_BETWEEN_LOOKS, NEAR_NS = {"open_connections", "idle_connections"}, 0.1, 200_000
# The types of connections are learnt from the first leases of a recording: some of these may end before.
LEARNING_NS = 500_000_000


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


def check_counters(states, account, expect, is_surplus_closed):
    """The pool's own counters as last read from outside, against what the library says of them."""
    stats = account.with_name(account.name + ".stats")
    if not stats.exists():
        return
    expect(len(states) > 0, "the pool's own counters are not in the trace")
    for name, value in json.loads(stats.read_text()).items():
        if name == "surplus_closes":
            expect((value > 0) == is_surplus_closed, f"{value} connections were closed as surplus")
        else:
            expect(not states or states[-1][name] == value,
                   f"{name} is {value}, {states and states[-1][name]} in the trace")


def is_idle_by_leases(found, state):
    """Whether, close to a reading, as many of the pool's connections were leased as the reading leaves."""
    own = [lease for lease in found if int(lease["pool_address"], 16) == state["pool"]]
    begins = sorted(lease["acquired"]["timestamp_ns"] for lease in own)
    ends = sorted(lease["ended"]["timestamp_ns"] for lease in own if lease["ended"])
    moment = state["timestamp_ns"]
    near = [at for at in begins + ends if abs(at - moment) <= NEAR_NS] + [moment - NEAR_NS]
    leased = {bisect.bisect_right(begins, at) - bisect.bisect_right(ends, at) for at in near}
    return state["open_connections"] - state["idle_connections"] in leased


def check_samples(found, states, account, expect):
    """The pool's counters as read from outside under load, against the program's own looks at them. Returns how many."""
    path = account.with_name(account.name + ".samples")
    samples = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    before = [sample["before"] for sample in samples]
    after = [sample["after"] for sample in samples]
    compared = 0
    between = []
    for state in states:
        moment = state["timestamp_ns"]
        # From the last look that was over well before the reading to the first that began well after it.
        first = bisect.bisect_right(after, moment - READING_NS) - 1
        last = bisect.bisect_left(before, moment + READING_NS)
        if first < 0 or last >= len(samples):
            continue
        compared += 1
        for name in samples[0].keys() - {"before", "after", "surplus_closes"}:
            values = [sample[name] for sample in samples[first:last + 1]]
            text = f"{name} at {moment} is {state[name]} in the trace, {min(values)} to {max(values)} by the program"
            if name in GAUGES and 0 <= state[name] <= state["maximum_open"] and not min(values) <= state[name] <= max(values):
                if name != "idle_connections" or not is_idle_by_leases(found, state):
                    between.append(text)
            else:
                expect(min(values) <= state[name] <= max(values), text)
    expect(len(between) <= max(1, SHARE_BETWEEN_LOOKS * compared), f"{len(between)} of {compared} readings: {between[:3]}")
    return compared


def check_connection(lease, entry, name, expect, is_learnt=True):
    """The connection of a lease, by what the program knows of it."""
    if entry["port"] > 0 and (is_learnt or lease["local_port"] is not None):
        expect(lease["local_port"] == entry["port"], f"another connection: {name}")
    if is_learnt:
        expect(lease["join"].startswith("pointer chain"), f"no pointer chain: {name}")
    if entry["descriptor"] >= 0 and (is_learnt or lease["descriptor"] is not None):
        expect(lease["descriptor"] == entry["descriptor"], f"another descriptor: {name}")
    if entry["dialled"] and lease["is_age_exact"]:
        born = lease["acquired"]["timestamp_ns"] - lease["connection_age_ns"]
        expect(entry["dial_began"] <= born <= entry["dialled"], f"opened at another time: {name}")
    if entry["number"] and lease["is_connection_leases_exact"]:
        expect(lease["connection_leases"] == entry["number"], f"leased for another time: {name}")


def check_without_port(pairs, expect):
    """A connection without a port has another number by which the program knows it: one for each socket."""
    sockets, numbers = collections.defaultdict(set), collections.defaultdict(set)
    for lease, entry in pairs:
        if entry["port"] <= 0:
            sockets[entry["port"]].add(lease["socket_inode"])
            numbers[lease["socket_inode"]].add(entry["port"])
    expect(all(len(found) == 1 for found in [*sockets.values(), *numbers.values()]),
           f"the sockets are not those of the program: {dict(sockets)}")


def check_account(told, pool, turns, leaks, expect):
    """The program's own account: each turn was taken, and no connection was had by two at a time."""
    due = turns + 2 + leaks  # `warmups` of Examples/pools/main.go
    expect(len(told) == due, f"the program has {len(told)} leases of {due}")
    by_port = collections.defaultdict(list)
    for entry in told:
        by_port[entry["port"]].append(entry)
    for port, entries in by_port.items():
        entries.sort(key=lambda entry: entry["got"])
        for one, next_one in zip(entries, entries[1:]):
            expect(pool in HANDED_OVER or 0 < one["release"] <= next_one["got"], f"port {port} was leased twice: {one}")


def check_failed(account, summary, expect, is_alike):
    """The acquires that their contexts ended: each by whom, where, when and how. Returns how many."""
    path = account.with_name(account.name + ".failed")
    found = [json.loads(line) for line in account.with_name(account.name + ".trace-failed").read_text().splitlines()]
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    expect(len(found) == len(told), f"{len(told)} acquires failed, {len(found)} in the trace")
    for failure, entry in zip(found, sorted(told, key=lambda entry: entry["failed"])):
        name = f"{failure} for {entry}"
        expect(failure["goroutine_id"] == entry["goroutine"], f"another failed: {name}")
        begin, end = failure["requested"]["timestamp_ns"], failure["failed"]["timestamp_ns"]
        expect(entry["ask"] <= begin <= end <= entry["failed"], f"failed at another time: {name}")
        expect((failure["function"] or "").startswith("main."), f"at another place: {name}")
        ways = {entry["cancellation"]} | ({"not known"} if is_alike and entry["cancellation"] == "cancelled" else set())
        expect(failure["cancellation"] in ways, f"failed in another way: {name}")
    told_by_way = collections.Counter(entry["cancellation"] for entry in told)
    shown = [error for pool in summary["pools"] for error in pool["failures_by_error"]]
    expect(sum(error["count"] for error in shown) == len(told), f"the report has {shown}")
    for error in shown:
        expect(sum(site["count"] for site in error["sites"]) == error["count"], f"sites of {error}")
        expect(is_alike or error["count"] == told_by_way[error["cancellation"]], f"{told_by_way}, and {error}")
    return len(told)


def check_attached(found, told, states, summary, account, pool, leaks, turns, expect):
    """A recording in the midst of the work: each lease that lies within it, and none that the program did not have."""
    check_account(told, pool, turns, leaks, expect)
    if pool == "http2":
        stray = sum(shown["releases_without_lease"] for shown in summary["pools"])
        expect(not found and not stray, f"{len(found)} leases, {stray} stray releases of a connection that is shared")
        return f"no lease of {len(told)} requests"
    moments = [lease[key]["timestamp_ns"] for lease in found for key in ("requested", "acquired", "ended") if lease[key]]
    expect(moments, "no lease in the trace")
    if not moments:
        return ""
    began, ended = min(moments), max(moments)
    by_goroutine = collections.defaultdict(list)
    for entry in told:
        by_goroutine[entry["goroutine"]].append(entry)
    for entries in by_goroutine.values():
        entries.sort(key=lambda entry: entry["ask"])
    matched, pairs = set(), []
    for lease in found:
        if lease["requested"] is None:
            continue
        entries = by_goroutine[lease["goroutine_id"]]
        at = bisect.bisect_right([entry["ask"] for entry in entries], lease["requested"]["timestamp_ns"]) - 1
        entry = entries[at] if at >= 0 else None
        name = f"lease {lease['lease']}, {lease['how_ended']}, for {entry}"
        acquired = lease["acquired"]["timestamp_ns"]
        expect(entry is not None and id(entry) not in matched and (pool in HANDED_OVER or acquired <= entry["got"]),
               f"the program has no such lease: {name}")
        if entry is None:
            continue
        matched.add(id(entry))
        pairs.append((lease, entry))
        check_connection(lease, entry, name, expect, is_learnt=acquired > began + LEARNING_NS)
        if lease["ended"]:
            expect(entry["release"] <= lease["ended"]["timestamp_ns"], f"released too early: {name}")
            if pool not in HANDED_OVER:
                expect(lease["ended"]["timestamp_ns"] <= entry["released"], f"released too late: {name}")
        else:
            expect(entry["released"] == 0 or entry["released"] > ended, f"its release was missed: {name}")
    missing = [entry for entry in told if began < entry["ask"] and 0 < entry["released"] < ended and id(entry) not in matched]
    expect(not missing, f"{len(missing)} leases are not in the trace, such as {missing[:1]}")
    for shown in summary["pools"]:
        expect(shown["missed_acquires"] == 0 and shown["missed_releases"] == 0 and shown["missed_acquire_ends"] == 0,
               f"missed: {shown['missed_acquires']} acquires, {shown['missed_releases']} releases, "
               f"{shown['missed_acquire_ends']} ends of acquires")
        own = shown["pool_counters"]
        expect(own is None or own["agrees"], f"the pool's own count: {own}")
    leaked = [finding for finding in summary["findings"] if finding["rule"] == "lease-leak"]
    expect(not leaked, f"a leak is found where there is none: {leaked}")
    compared = check_samples(found, states, account, expect)
    walked = sum(lease["join"].startswith("pointer chain") for lease, _ in pairs)
    return f"{len(pairs)} leases of {len(told)}, {walked} walked, {compared} readings"
