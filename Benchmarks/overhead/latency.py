# SPDX-License-Identifier: Apache-2.0
"""What one request waits longer when it is recorded, at a rate that leaves the machine time."""

import os
import statistics
import subprocess

from .processes import Poolscope, Target, Twin, built

RATE = 20_000
REQUESTS = 100_000


def once(server, port, tracer=None):
    """p50 and p99 of the time to an answer, in ns."""
    if tracer:
        tracer.start(server.pid)
    result = subprocess.run(
        ["taskset", "-c", "1", built("echo_paced"), port, str(REQUESTS), str(RATE)],
        stdout=subprocess.PIPE, check=True, text=True)
    if tracer:
        tracer.stop().remove()
    return tuple(map(int, result.stdout.split()))


def compared(server, port, makers, rounds):
    """Medians over the rounds; each traced run stands between two untraced ones, whose mean it is held against."""
    samples = {}
    for _ in range(rounds):
        before = once(server, port)
        for name, make in makers.items():
            traced = once(server, port, make())
            after = once(server, port)
            samples.setdefault(name, []).append(
                [2 * value / (left + right) for value, left, right in zip(traced, before, after)]
                + [(before[0] + after[0]) / 2])
            before = after
    return {
        name: dict(zip(("p50", "p99", "untraced_p50_ns"), map(statistics.median, zip(*rows))))
        for name, rows in samples.items()
    }


def measure(rounds):
    """An echo server in C, with its sockets recorded; one in Go, with the pool recorded that each request leases from."""
    results = {}
    server = Target(built("echo_server"), cpu=0)
    try:
        results = compared(server, server.read(), {"twin": Twin, "poolscope": Poolscope}, rounds)
    finally:
        server.end()
    if os.path.exists(built("pool-newer")):
        server = Target(built("pool-newer"), cpu=0)
        try:
            server.read()
            results |= compared(server, server.ask("serve"), {"poolscope, pool": Poolscope}, rounds)
        finally:
            server.end()
    return results
