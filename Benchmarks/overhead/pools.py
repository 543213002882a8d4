# SPDX-License-Identifier: Apache-2.0
"""The cost of pool probes: database/sql with a driver that does nothing, by placement of the probe."""

import json
import os
import statistics
import subprocess

from .processes import POOLSCOPE, Poolscope, Target, Twin, built

PAIRS = 40_000
GROWN = 3_000
ENTRY = ("acquire_begin", "release")


def targets():
    """Go before and after 1.21, where the stack check moved behind a `push`."""
    return [name for name in ("pool-older", "pool-newer") if os.path.exists(built(name))]


def points_of(pid):
    plan = subprocess.run(
        [POOLSCOPE, "plan", "--pid", str(pid), "--format", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(plan.stdout)["points"]


def entries(binary, points):
    """File offsets of the first instructions of the points' functions."""
    listing = subprocess.run(["nm", binary], stdout=subprocess.PIPE, check=True, text=True).stdout
    addresses = {}
    for line in listing.splitlines():
        words = line.split(None, 2)
        if len(words) == 3:
            addresses[words[2]] = int(words[0], 16)
    slide = points[0]["address"] - points[0]["file_offset"]  # the binaries are not position independent
    return {point["function"]: addresses[point["function"]] - slide for point in points if point["role"] in ENTRY}


class Pool:
    def __init__(self, name):
        self.target = Target(built(name))
        self.target.read()
        self.points = points_of(self.target.pid)
        self.entries = entries(built(name), self.points)

    def pair_ns(self):
        return float(self.target.ask(f"pairs {PAIRS}"))

    def added_ns(self, tracer):
        """By how much a pair is slower under a tracer than before and after it."""
        before = self.pair_ns()
        tracer.start(self.target.pid)
        traced = self.pair_ns()
        tracer.stop().remove()
        return traced - (before + self.pair_ns()) / 2

    def offsets(self, *roles):
        return [point["file_offset"] for point in self.points if point["role"] in roles]


def costs(name, rounds):
    """Median ns that each way to trace adds to one acquire and release, and what one hit costs by placement."""
    pool = Pool(name)
    entry, own = list(pool.entries.values()), pool.offsets(*ENTRY)
    returns = pool.offsets("acquire_end")
    makers = {
        "poolscope": Poolscope,
        "naive": lambda: Twin(*entry, *returns),  # the same hits, at first instructions and returns
        "2 first instructions": lambda: Twin(*entry),
        "2 own placements": lambda: Twin(*own),
        "1 return": lambda: Twin(*returns),
    }
    samples = {key: [] for key in makers}
    untraced = []
    try:
        for _ in range(rounds):
            untraced.append(pool.pair_ns())
            for key, make in makers.items():
                samples[key].append(pool.added_ns(make()))
    finally:
        pool.target.end()
    added = {key: statistics.median(values) for key, values in samples.items()}
    placement = next(point["placement"] for point in pool.points if point["role"] == "acquire_begin")
    return {
        "untraced_pair_ns": statistics.median(untraced), "added_per_pair_ns": added,
        "per_hit_ns": {
            "first instruction": added["2 first instructions"] / 2, placement: added["2 own placements"] / 2,
            "ret": added["1 return"],
        },
        "entry_ratio": added["2 own placements"] / added["2 first instructions"],
    }


def growth(name):
    """Acquires on goroutines whose stacks have to grow: (made, begun in the trace, ended, released)."""
    pool = Pool(name)
    tracer = Poolscope()
    try:
        tracer.start(pool.target.pid)
        made = int(pool.target.ask(f"grow {GROWN}"))
        tracer.stop().read_trace()
    finally:
        pool.target.end()
    kinds = ("pool_acquire_begin", "pool_acquire_end", "pool_release")
    tracer.remove()
    return {"made": made, **{kind: tracer.records.get(kind, 0) for kind in kinds}}


def measure(rounds):
    return {name: {**costs(name, rounds), "growth": growth(name)} for name in targets()}
