# SPDX-License-Identifier: Apache-2.0
"""Many threads at once: of each, the trace has every call in its order, on its socket, with its result; nothing else."""
import collections
import json

import poolscope
from accounts import LOST_AT_MOST

RECEIVE = 1
CLOSE, CLOSE_WAIT = 7, 8
LISTED = 5
# An outcome: everything is as it was done, but for states that are not in the trace, of so many sockets, with nothing said.
STATES_MISSING, MISSING_AT_MOST = "states missing", 2
# The side that closes first passes FIN_WAIT2, or CLOSING where the peer's FIN is there before the acknowledgement of its own
# (RFC 9293, 3.6): which of them is the kernel's and the peer's timing, not what was done. Seen once, on 6.1, of 30,000.
CROSSED = {(4, 11): (4, 5), (11, 7): (5, 7)}
BEFORE_CLOSE = {"7>10", "7>2", "2>1", "1>8"}
WAITED_NS = 40_000_000	# a read or connect that waits for a signal does for 50 ms, less what its thread took to begin


def recorded(folder, name):
    if not (folder / f"{name}.pscope").exists():
        error = (folder / f"{name}.err").read_text().strip() if (folder / f"{name}.err").exists() else "not run"
        return "failed", error[-300:]
    left = folder / f"{name}.left"
    if left.exists() and left.read_text().strip():
        return "failed", f"still attached: {left.read_text().strip()[:300]}"
    records = poolscope.records(folder / f"{name}.pscope")
    outcome, remark = judged((folder / f"{name}.json").read_text(), records)
    if outcome == STATES_MISSING:
        begun = poolscope.report(folder / f"{name}.pscope")["trace_anomalies"]["attempted"].get("socket_state", 0)
        remark += f"; {begun} were begun in the kernel, {sum(record['record'] == 'socket_state' for record in records)} recorded"
    return outcome, remark


def on_two_processors(folder, rung):
    """One of them went and came back meanwhile, again and again."""
    outcome, remark = recorded(folder, f"threads-{rung}")
    if outcome != "passed":
        return outcome, remark
    processors = collections.Counter(record["cpu"] for record in poolscope.records(folder / f"threads-{rung}.pscope"))
    changes = (folder / f"threads-{rung}.processor").read_text().split()
    if len(processors) < 2 or not {"gone", "back"} <= set(changes):
        return "failed", f"{remark}, but on processors {sorted(processors)}, which {changes}"
    return "passed", f"{remark}; {processors[1]} on a processor that went {changes.count('gone')} times"


def judged(account, records):
    """An account of socket-workload -t, against the records of the same process."""
    done = json.loads(account)
    calls = sum(len(thread["calls"]) for thread in done["threads"])
    what = f"{calls} calls of {len(done['threads'])} threads, states of {len(done['states'])} sockets"
    if lost := sum(record["count"] for record in records if record["record"] == "loss"):
        return judged_by_loss(done, records, lost, what)
    if differences := differing_calls(done, records) + differing_states(done, records) or differing_times(done, records):
        more = f"; and {len(differences) - LISTED} more" if len(differences) > LISTED else ""
        are_missing = not differing_calls(done, records) and len(differing_states(done, records)) <= MISSING_AT_MOST
        outcome = STATES_MISSING if are_missing and not added_states(done, records) else "failed"
        return outcome, "; ".join(differences[:LISTED]) + more
    return "passed", what + ", all exact"


def judged_by_loss(done, records, lost, what):
    """The kernel skips a program where a task was preempted in the middle of it. Nothing else may be missing than was
    said, and the states of a socket whose beginning is, which is not known to be the process's own before the next census, or
    those that follow its close where that is."""
    made = states_made(done) + collections.Counter(
        (thread["thread"], *call[2:]) for thread in done["threads"] for call in thread["calls"])
    seen = states_seen(records) + collections.Counter(
        (record["thread_id"], *call) for record in records if (call := call_of(record)))
    missing = made - seen
    unknown = {key[1] for key in missing if key[2:3] in (("open",), ("accept",))}
    closed = {key[1] for key in missing if key[2:3] == ("close",)}
    missing = sum(count for key, count in missing.items() if len(key) > 2 or not (
        key[0] in unknown or (key[0] in closed and key[1] not in BEFORE_CLOSE)))
    if seen - made or not missing <= lost <= LOST_AT_MOST * made.total():
        return "failed", f"{lost} lost, {missing} missing, not done: {list(seen - made)[:LISTED]}"
    return "passed", f"{what}, all exact but for {missing} missing, with {lost} said to be lost"


def edges(states):
    passed = states.split(">")
    return [f"{old}>{new}" for old, new in zip(passed, passed[1:])]


def differing_calls(done, records):
    made = {thread["thread"]: [tuple(call[2:]) for call in thread["calls"]] for thread in done["threads"]}
    seen = collections.defaultdict(list)
    for record in records:
        if call := call_of(record):
            seen[record["thread_id"]].append(call)
    return [
        f"thread {thread}: {difference(made.get(thread, []), seen.get(thread, []))}"
        for thread in sorted(made.keys() | seen.keys()) if made.get(thread, []) != seen.get(thread, [])
    ]


def differing_times(done, records):
    """Each call returned, by the record, between the times that the thread took before and after it, and took no longer.
    Some of them wait for at least WAITED_NS."""
    seen = collections.defaultdict(list)
    for record in records:
        if call_of(record):
            seen[record["thread_id"]].append(record)
    differences, longest, has_durations = [], 0, False
    for thread in done["threads"]:
        for (began, ended, *call), record in zip(thread["calls"], seen[thread["thread"]]):
            took = record.get("duration_ns", 0)
            longest, has_durations = max(longest, took), has_durations or (took > 0 and record["record"] == "socket_io")
            if not began <= record["timestamp_ns"] - took <= record["timestamp_ns"] <= ended:
                differences.append(f"{call} from {began} to {ended} ended at {record['timestamp_ns']} after {took} ns")
    if has_durations and longest < WAITED_NS:
        differences.append(f"the longest call took {longest} ns")
    return differences


def added_states(done, records):
    return sum((states_seen(records) - states_made(done)).values())


def states_made(done):
    return collections.Counter((int(inode), edge) for inode, states in done["states"].items() for edge in edges(states))


def states_of(record):
    change = record["old_state"], record["new_state"]
    return [str(state) for state in CROSSED.get(change, change)]


def states_seen(records):
    return collections.Counter(
        (record["socket_inode"], ">".join(states_of(record)))
        for record in records if record["record"] == "socket_state")


def difference(made, seen):
    at = next((i for i, (one, other) in enumerate(zip(made, seen)) if one != other), min(len(made), len(seen)))
    return f"call {at} of {len(made)} is {made[at:at + 1]}, recorded ({len(seen)}): {seen[at:at + 1]}"


def call_of(record):
    """A record as the workload tells a call: socket, name, result and, of a close, the state and the pending error."""
    kind = record["record"]
    if kind == "socket_open":
        return record["socket_inode"], "open", record["result"] or record["descriptor"]
    if kind == "socket_connect":
        return record["socket_inode"], "connect", record["result"]
    if kind == "socket_accept":
        return record["socket_inode"], "accept", record["result"]
    if kind == "socket_io":
        return record["socket_inode"], "receive" if record["operation"] == RECEIVE else "send", record["result"]
    if kind == "descriptor_close":
        return record["socket_inode"], "close descriptor", record["descriptor"]
    if kind == "socket_close":
        return record["socket_inode"], "close", unread_data(record), record["state"], record["socket_error"]
    return None


def unread_data(close):
    """A FIN that nobody has read counts in the record as one byte; not in what SIOCINQ tells."""
    has_end = close["state"] == CLOSE_WAIT or (close["state"] == CLOSE and not close["socket_error"])
    return close["unread_bytes"] - (1 if has_end and close["unread_bytes"] else 0)


def differing_states(done, records):
    """The states that each socket passed, one after the other; a gap between two is shown as "|"."""
    passed = {}
    for record in records:
        if record["record"] == "socket_state":
            before = passed.get(record["socket_inode"], "")
            old, new = states_of(record)
            joint = "" if before.split(">")[-1] == old else ("|" if before else "") + old
            passed[record["socket_inode"]] = f"{before}{joint}>{new}"
    meant = {int(inode): states for inode, states in done["states"].items()}
    return [
        f"socket {inode} passed {passed.get(inode)} instead of {meant.get(inode)}"
        for inode in sorted(meant.keys() | passed.keys()) if meant.get(inode) != passed.get(inode)
    ]
