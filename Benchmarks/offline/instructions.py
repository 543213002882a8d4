#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what `poolscope analyze` costs to a committed figure: instructions for one event, which no busy neighbour changes.

usage: instructions.py [--record]     about 15 s of CPU time

Two generated traces of unlike length are analysed under callgrind; what the longer needs more is due to its events alone. Hash
tables are laid out alike in every run (same_random.c). A run differs from the next by less than a thousandth, as the two threads
of an analysis do not always wait for each other at the same places. Fails above
the figure in instructions.json by more than 3 %. --record writes the figure anew: say why in the commit.

Wants .build/poolscope (make release; or POOLSCOPE), valgrind, gcc and swift.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIGURE = pathlib.Path(__file__).with_suffix(".json")
FOLDER = ROOT / ".build/instructions"
POOLSCOPE = os.environ.get("POOLSCOPE", str(ROOT / ".build/poolscope"))
EVENTS = 50_000, 150_000
SOCKETS = 1000
ALLOWED = 0.03


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    generator = built_generator()
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", FOLDER / "same_random.so",
                    ROOT / "Benchmarks/offline/same_random.c"], check=True)
    short, long = (instructions(generator, events) for events in EVENTS)
    found = (long - short) / (EVENTS[1] - EVENTS[0])
    compiler = re.search(r"Swift version \S+", run(["swift", "--version"]).stdout)[0]
    if "--record" in sys.argv[1:]:
        FIGURE.write_text(json.dumps({"instructions_per_event": round(found, 1), "compiler": compiler}, indent=2) + "\n")
    figure = json.loads(FIGURE.read_text())
    change = found / figure["instructions_per_event"] - 1
    print(f"analyze: {found:.1f} instructions an event, {change:+.1%} of the committed {figure['instructions_per_event']}")
    if compiler != figure["compiler"]:
        print(f"the figure is of {figure['compiler']}, and this is {compiler}: see whether the compiler explains a change")
    if change < -ALLOWED:
        print("it has become cheaper: record the figure anew (Benchmarks/offline/instructions.py --record)")
    return 1 if change > ALLOWED else 0


def built_generator():
    """The debug build: it shares its modules with the tests, and only writes the input."""
    environment = os.environ | {"POOLSCOPE_BENCH": "1"}
    run(["swift", "build", "--product", "BenchTrace"], env=environment, cwd=ROOT)
    return ROOT / ".build/debug/BenchTrace"


def instructions(generator, events):
    trace = FOLDER / f"{events}.pscope"
    run([generator, str(events), str(SOCKETS), trace])
    environment = os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1", "LD_PRELOAD": str(FOLDER / "same_random.so")}
    counted = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", POOLSCOPE, "analyze", "--format", "json",
                   trace], accepted=(0, 1), env=environment)
    return int(re.search(r"Collected : (\d+)", counted.stderr)[1])


def run(command, accepted=(0,), **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode not in accepted:
        sys.exit(f"instructions.py: {' '.join(map(str, command))} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return done


if __name__ == "__main__":
    sys.exit(main())
