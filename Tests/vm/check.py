#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what poolscope recorded in the guests of the VM matrix with what was really done there.

usage: check.py SUITE...      reads .build/vm/SUITE/, runs .build/poolscope for the offline half
"""
import pathlib
import sys

import programs
import service
import threads
import trouble
import workload

RUNGS = ("kprobe", "fentry", "tracepoint")
RESULTS = pathlib.Path(".build/vm")


def main():
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for suite in sys.argv[1:]:
        folder = RESULTS / suite
        kernel = (folder / "kernel").read_text().strip() if (folder / "kernel").exists() else "did not boot"
        for name, check in checks_on_two_processors() if suite.endswith("-smp") else checks():
            outcome, remark = run(check, folder)
            if outcome == threads.STATES_MISSING:
                outcome, remark = "failed", f"states are missing, for a cause that is not known: {remark}"
            totals[outcome] += 1
            print(f"{suite:12} {kernel:30} {name:28} {outcome}{': ' + remark if remark else ''}")
    print(", ".join(f"{count} {outcome}" for outcome, count in totals.items()))
    return 1 if totals["failed"] or not totals["passed"] else 0


def checks():
    yield "boots and runs", boots
    yield "workload, unrecorded", workload.without_recorder
    for rung in RUNGS:
        yield f"workload, {rung}", by(rung, lambda folder, rung: workload.recorded(folder, rung))
        yield f"trouble, {rung}", by(rung, lambda folder, rung: trouble.recorded(folder, rung))
        yield f"threads, {rung}", by(rung, lambda folder, rung: threads.recorded(folder, f"threads-{rung}"))
    yield "workload, kprobe, sums", lambda folder: workload.recorded(folder, "kprobe-summary")
    yield "missed returns, kprobe", trouble.missed
    yield "all programs load", programs.loaded
    yield "service, kprobe", service.recorded


def checks_on_two_processors():
    yield "boots and runs", boots
    for rung in RUNGS[:2]:
        yield f"threads, {rung}", lambda folder, rung=rung: threads.on_two_processors(folder, rung)
        yield f"kill -9, {rung}", lambda folder, rung=rung: killed(folder, rung)


def killed(folder, rung):
    """Nothing of a recorder that was killed stays in the kernel, and its target works on."""
    before, armed, after = map(int, (folder / f"killed-{rung}.programs").read_text().split())
    if "tcp_recvmsg" not in (folder / f"killed-{rung}.armed").read_text() or armed <= before:
        return "failed", "nothing was armed"
    # Names of kretprobes, which do nothing and take part in no call, until the next recording.
    left = [line for line in (folder / f"killed-{rung}.left").read_text().splitlines()
            if "[DISABLED]" not in line and not line.startswith("r4096:poolscope_")]
    if left := left or (folder / f"killed-{rung}.removed").read_text().split("\n")[:-1]:
        return "failed", f"still attached: {'; '.join(left[:5])}"
    if after != before:
        return "failed", f"{after} BPF programs, {before} before"
    status = (folder / f"killed-{rung}.workload").read_text().strip()
    return ("passed", f"{armed - before} programs gone") if status == "0" else ("failed", f"the target ended with {status}")


def by(rung, check):
    """A check of a rung, if the guest's kernel has it: every one has the first two."""
    def checked(folder):
        if rung not in (folder / "rungs").read_text().split() and rung not in RUNGS[:2]:
            return "skipped", "this kernel has no tracepoints for receives and sends (6.3)"
        return check(folder, rung)
    return checked


def boots(folder):
    if not (folder / "guest.status").exists():
        log = folder / "console.log"
        return "failed", log.read_text(errors="replace")[-400:] if log.exists() else "no console"
    attempt = int((folder / "attempt").read_text())
    if (folder.parent / f"{folder.name}.ext4.crash.{attempt}.log").exists():
        return "failed", f"the kernel crashed in each of {attempt} attempts, see *.crash.*.log"
    return "passed", f"at attempt {attempt}: the kernel crashed before, see *.crash.*.log" if attempt > 1 else ""


def run(check, folder):
    try:
        return check(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return "failed", f"{type(error).__name__}: {error}"


sys.exit(main())
