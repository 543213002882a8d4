# SPDX-License-Identifier: Apache-2.0
"""Loss, start, end and rest: what a recording must keep to whatever the load."""

import os
import shutil
import signal
import statistics
import threading
import time

from . import accounts
from .detach import Detachment
from .processes import Bpftrace, Poolscope, Target, Twin, built

THREADS = 2


def flood(calls, rate, *options, stopped=0):
    """A hot producer that counts its own calls; the trace must account for each. The recorder is held up for `stopped`
    seconds: what it is given otherwise, it takes."""
    target = Target(built("socket_flood"), str(THREADS), str(calls // (2 * THREADS)), str(rate))
    tracer = Poolscope(*options)
    resident = []
    stop = threading.Event()

    def watch():
        while not stop.wait(0.5):
            resident.append(accounts.resident_bytes(tracer.process.pid))

    try:
        tracer.start(target.pid)
        watcher = threading.Thread(target=watch)
        watcher.start()
        holdup = threading.Timer(0.5, hold_up, (tracer, stopped))
        if stopped:
            holdup.start()
        made, elapsed = map(int, target.ask("").split())
        if stopped:
            holdup.join()
        time.sleep(0.3)
        cpu = accounts.cpu_ns(tracer.process.pid) - tracer.cpu_at_start
        stop.set()
        watcher.join()
        tracer.stop().read_trace()
    finally:
        stop.set()
        target.end()
    tracer.remove()
    return {
        "calls": made, "seconds": elapsed / 1e9, "calls_per_second": made / elapsed * 1e9,
        "recorded": tracer.records.get("socket_io", 0), "lost": tracer.lost.get("socket_io", 0),
        "tracer_ns_per_event": cpu / made, "file_bytes_per_event": tracer.file_bytes / made,
        "resident_mib_first": resident[len(resident) // 10] / 2**20 if resident else None,
        "resident_mib_last": resident[-1] / 2**20 if resident else None,
    }


def hold_up(tracer, seconds):
    tracer.process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    tracer.process.send_signal(signal.SIGCONT)


def losses(seconds):
    return {
        "overload": flood(6_000_000, 0, "--ring", "1", stopped=1),
        "full speed": flood(6_000_000, 0),
        "sustained": flood(400_000 * seconds, 400_000),
    }


def start_and_end(rounds):
    """Seconds from exec to armed; and from Ctrl-C until no probe is in the target any more, to the complete file, and until
    the recorder is gone; in a binary of 100 MB and more."""
    rows = {}
    for name in ("pool-large", "pool-large-stripped"):
        if not os.path.exists(built(name)):
            continue
        for instances, mechanism in ((1, "uprobe_multi"), (2, "uprobe")):
            targets = [Target(built(name)) for _ in range(instances)]
            try:
                for target in targets:
                    target.read()
                samples, left, links = [], [], 0
                for _ in range(rounds):
                    tracer = Poolscope()
                    tracer.start(targets[0].pid)
                    targets[0].ask("pairs 2000")
                    detachment = Detachment(tracer.process.pid)
                    tracer.stop(detachment.start).remove()
                    samples.append([ns / 1e9 for ns in (tracer.armed_ns, tracer.complete_ns, tracer.stop_ns)])
                    detached, links = detachment.end()
                    left += [] if detached is None else [detached]
            finally:
                for target in targets:
                    target.end()
            armed, ended, gone = map(statistics.median, zip(*samples))
            rows[f"{name}, {mechanism}"] = {
                "megabytes": os.path.getsize(built(name)) / 1e6, "armed_s": armed, "ended_s": ended,
                "gone_s": gone,
                "detached_s": statistics.median(left) if left else None, "kernel_links": links,
            }
    return rows


def rest(seconds):
    """CPU share and memory of a recorder whose target does nothing."""
    target = Target(built("socket_flood"), "1", "1", "0")
    tracer = Poolscope()
    try:
        tracer.start(target.pid)
        time.sleep(2)
        before = accounts.cpu_ns(tracer.process.pid)
        time.sleep(seconds)
        share = (accounts.cpu_ns(tracer.process.pid) - before) / 1e9 / seconds
        resident = accounts.resident_bytes(tracer.process.pid)
        tracer.stop().remove()
    finally:
        target.end()
    return {"cpu_percent": 100 * share, "resident_mib": resident / 2**20}


def lone_tracepoint():
    """The least that a tracepoint of system calls costs all others: one, of a call that nobody makes."""
    return Bpftrace("one tracepoint of a system call", "tracepoint:syscalls:sys_enter_acct { exit(); }")


def calls(rounds):
    """CPU ns that one send + recv, and a system call that is not traced, cost more; in one quiet thread."""
    target = Target(built("call_cost"))
    samples = {"untraced": []}

    def ask():
        return tuple(float(word) for word in target.ask("").split())

    try:
        for _ in range(rounds):
            for make in (Twin, Poolscope, lone_tracepoint) if shutil.which("bpftrace") else (Twin, Poolscope):
                tracer = make()
                before = ask()
                tracer.start(target.pid)
                traced = ask()
                tracer.stop().remove()
                after = ask()
                untraced = [(a + b) / 2 for a, b in zip(before, after)]
                samples["untraced"].append(untraced)
                samples.setdefault(tracer.name, []).append([a - b for a, b in zip(traced, untraced)])
    finally:
        target.end()
    return {
        name: {"pair_ns": statistics.median(row[0] for row in rows),
               "other_call_ns": statistics.median(row[1] for row in rows)}
        for name, rows in samples.items()
    }
