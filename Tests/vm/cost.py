#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what scripts/vm/cost.sh has measured in a guest, in instructions.

usage: cost.py SUITE      reads .build/vm/SUITE-cost/
"""
import pathlib
import sys

TRACERS = ("none", "twin", "kprobe", "fentry", "tracepoint")


def main():
    folder = pathlib.Path(f".build/vm/{sys.argv[1]}-cost")
    print(f"Linux {(folder / 'kernel').read_text().strip()}")
    print("| tracer | adds to a send + recv | adds to another call |\n|---|---|---|")
    untraced = costs(folder, "none")
    print(f"| untraced: takes | {untraced[0]:.0f} | {untraced[1]:.0f} |")
    for tracer in TRACERS[1:]:
        pair, call = costs(folder, tracer)
        print(f"| {tracer} | {pair - untraced[0]:.0f} | {call - untraced[1]:.0f} ({call / untraced[1]:.2f} x) |")
    print("\n| BPF program | runs | mean instructions |\n|---|---|---|")
    for tracer in TRACERS[1:]:
        for name, runs, instructions in programs(folder, tracer):
            print(f"| {tracer}: {name} | {runs} | {instructions / runs:.0f} |")
    for tracer in TRACERS[2:]:
        started, ended = map(float, (folder / f"{tracer}.end").read_text().split())
        print(f"{tracer}: SIGINT to the end {ended - started:.2f} s of the guest's time")


def costs(folder, tracer):
    pair, call = map(float, (folder / f"{tracer}.cost").read_text().split())
    return pair, call


def programs(folder, tracer):
    """Those that ran for most calls: name, runs, instructions. Programs that are the same have one tag; the target speaks
    TCP only."""
    names = {}
    for symbol in (folder / f"{tracer}.names").read_text().split():
        tag, _, name = symbol.removeprefix("bpf_prog_").partition("_")
        if tag not in names or "tcp" in name:
            names[tag] = name
    found, tag = {}, ""
    for line in (folder / f"{tracer}.programs").read_text().splitlines():
        key, value = line.split(":\t")
        if key == "prog_tag":
            tag = value
            continue
        fields = found.setdefault(tag, {"run_cnt": 0, "run_time_ns": 0})
        fields[key] += int(value)
    return sorted((names.get(tag, tag), fields["run_cnt"], fields["run_time_ns"])
                  for tag, fields in found.items() if fields["run_cnt"] > 1000)


main()
