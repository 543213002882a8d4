# SPDX-License-Identifier: Apache-2.0
"""The socket workload: every count of the trace is the count of the calls that were made."""
import collections
import json

import accounts
import poolscope

KINDS = ("tcp4", "tcp6", "udp4", "udp6", "unix")
EAGAIN, EINPROGRESS, ECONNREFUSED = 11, 115, 111

# What the workload means to do: see Examples/socket-workload/socket-workload.c.
MEANT = {"opened": 93, "accepted": 31, "accept_would_block": 2, "duplicated": 3, "descriptors_closed": 130, "refused": 5}


def without_recorder(folder):
    done = json.loads((folder / "workload-none.json").read_text())
    made = {
        "opened": sum(done["opened"].values()), "refused": sum(done["connect_refused"].values()),
        **{name: done[name] for name in ("accepted", "accept_would_block", "duplicated", "descriptors_closed")},
    }
    return ("passed", "") if made == MEANT else ("failed", f"{made} instead of {MEANT}")


def recorded(folder, rung):
    name = f"workload-{rung}"
    if not (folder / f"{name}.pscope").exists():
        error = (folder / f"{name}.err").read_text().strip() if (folder / f"{name}.err").exists() else "not run"
        return "failed", error[-300:]
    done = expected(json.loads((folder / f"{name}.json").read_text()))
    seen = observed(poolscope.records(folder / f"{name}.pscope"))
    differences, remark = accounts.compared(done, seen)
    differences += poolscope.other_rungs(folder / f"{name}.pscope", rung.split("-")[0])
    if rung != "tracepoint" and "tcp_recvmsg" not in (folder / f"{name}.armed").read_text():
        differences.append("nothing attached to tcp_recvmsg")
    if left := (folder / f"{name}.left").read_text().strip():
        differences.append(f"still attached: {left}")
    calls = sum(count for name, count in done.items() if not name.endswith(" bytes"))
    return ("failed", "; ".join(differences)) if differences else ("passed", f"{calls} calls, all exact{remark}")


def expected(done):
    """The workload's account as counts by name."""
    counts = collections.Counter()
    for kind in KINDS:
        counts[f"opened {kind}"] = done["opened"][kind]
        counts[f"connected {kind}"] = done["connected"][kind]
        counts[f"connect refused {kind}"] = done["connect_refused"][kind]
        counts[f"connect in progress {kind}"] = done["connect_in_progress"][kind]
        counts[f"closed {kind}"] = done["closed"][kind]
        for name in ("sent", "received"):
            for what, count in done[name][kind].items():
                counts[f"{name} {kind} {what}"] = count
    counts["accepted"] = done["accepted"]
    counts["accept would block"] = done["accept_would_block"]
    counts["duplicated"] = done["duplicated"]
    counts["descriptors closed"] = done["descriptors_closed"]
    counts["opened before"] = done["opened_before"]
    return counts


def kind_of(record):
    if record["family"] == 1:
        return "unix"
    protocol = {6: "tcp", 17: "udp"}.get(record["protocol"], "other")
    return protocol + {2: "4", 10: "6"}.get(record["family"], "?")


def observed(records):
    """The records of a trace as counts by the same names."""
    counts = collections.Counter()
    before = set()
    sums, kinds = {}, {}
    for record in records:
        kind = record["record"]
        if record.get("socket_inode") and "family" in record and "protocol" in record:
            kinds[record["socket_inode"]] = kind_of(record)
        if kind == "socket_open":
            counts[f"opened {kind_of(record)}"] += 1
        elif kind == "socket_connect":
            results = {0: "connected", -ECONNREFUSED: "connect refused", -EINPROGRESS: "connect in progress"}
            counts[f"{results.get(record['result'], record['result'])} {kind_of(record)}"] += 1
        elif kind == "socket_accept":
            counts["accept would block" if record["result"] == -EAGAIN else "accepted"] += 1
        elif kind == "socket_io":
            count_io(counts, record)
        elif kind == "socket_close":
            counts[f"closed {kind_of(record)}"] += 1
        elif kind == "descriptor_open":
            counts["duplicated"] += record["cause"] == 3
        elif kind == "descriptor_close":
            counts["descriptors closed"] += 1
        elif kind == "census_socket" and record["flags"] & 1:
            before.add(record["socket_inode"])
        elif kind == "socket_sum":
            sums[record["socket_inode"], record["since_ns"]] = record
        elif kind == "loss":
            counts["lost"] += record["count"]
    counts["opened before"] = len(before)
    for record in sums.values():
        count_sum(counts, record, kinds[record["socket_inode"]])
    return counts


def count_sum(counts, record, kind):
    """The numbers of a socket's last record of sums: its calls without those that have records of their own."""
    for verb, name in (("received", "receive"), ("sent", "send")):
        would_block = record[f"{name}_would_blocks"]
        counts[f"{verb} {kind} calls"] += record[f"{name}s"] + would_block
        counts[f"{verb} {kind} bytes"] += record[f"{verb}_bytes"]
        counts[f"{verb} {kind} would_block"] += would_block
    counts[f"received {kind} calls"] += record["peeks"]


def count_io(counts, record):
    name = f"{'sent' if record['operation'] == 2 else 'received'} {kind_of(record)}"
    counts[f"{name} calls"] += 1
    counts[f"{name} bytes"] += max(record["result"], 0)
    counts[f"{name} would_block"] += record["result"] == -EAGAIN
    counts[f"{name} end_of_file"] += record["result"] == 0
