# SPDX-License-Identifier: Apache-2.0
"""Measures, prints a table, writes it as JSON. Exit code 1: a BPF program is slower than its limit, or a call
is neither recorded nor counted as lost."""

import argparse
import json
import sys

from . import accounts, goals, latency, limits, pools, processes, sockets


def save(results, path):
    with open(path, "w") as file:
        json.dump(results, file, indent=1)


def measure(rounds, seconds, with_others, path):
    results = {"machine": accounts.machine(), "rounds": rounds}
    steps = (
        ("calls", lambda: limits.calls(rounds)),
        ("sockets", lambda: sockets.measure(rounds, with_others=with_others)),
        ("latency", lambda: latency.measure(rounds)),
        ("programs", sockets.programs),
        ("pools", lambda: pools.measure(rounds)),
        ("losses", lambda: limits.losses(seconds)),
        ("ends", lambda: limits.start_and_end(min(rounds, 5))),
        ("rest", lambda: limits.rest(10)),
    )
    results["machine"]["addition_ns"] = []
    for name, step in steps:
        print(f"measuring: {name}", file=sys.stderr)
        results["machine"]["addition_ns"].append(processes.addition_ns())
        results[name] = step()
        save(results, path)  # a long run that fails late has not been for nothing
    results["machine"]["load_average_at_end"] = accounts.machine()["load_average"]
    return results


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def table(header, rows):
    columns = [list(map(str, column)) for column in zip(header, *rows)]
    widths = [max(map(len, column)) for column in columns]
    for index, cells in enumerate(zip(*columns)):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |")
        if index == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def show(results, verdicts):
    machine = results["machine"]
    print(f"{machine['cpus']} CPUs ({machine['cpu']}), kernel {machine['kernel']}, "
          f"load {machine['load_average']:.1f} to {machine['load_average_at_end']:.1f}, {results['rounds']} rounds")
    print(f"an addition takes {min(machine['addition_ns'])} to {max(machine['addition_ns'])} ns: what scatters here does so in "
          "all rows\n")
    table(
        ("tracer", "throughput", "added ns a request", "tracer CPU s/M events", "bytes/event"),
        [(name, number(row["throughput"]), number(row["added_cpu_ns"]), number(row["tracer_s_per_million"]),
          number(row["bytes_per_event"])) for name, row in results["sockets"].items()])
    print()
    table(
        ("one quiet thread", "send + recv, ns", "another call, ns"),
        [(name if name == "untraced" else f"{name} adds", number(row["pair_ns"]), number(row["other_call_ns"]))
         for name, row in results["calls"].items()])
    print()
    table(
        ("paced, to untraced", "p50", "p99"),
        [(name, number(row["p50"]), number(row["p99"])) for name, row in results["latency"].items()])
    print()
    table(
        ("BPF program", "runs", "ns"),
        [(name, program["runs"], number(program["ns"])) for programs in results["programs"].values()
         for name, program in programs.items()])
    print()
    table(
        ("pool probe", "ns"),
        [(f"{name}: {key}", number(value)) for name, row in results["pools"].items()
         for key, value in (("untraced acquire + release", row["untraced_pair_ns"]),
                            *((f"{way} adds", added) for way, added in row["added_per_pair_ns"].items()),
                            *((f"a hit at: {place}", cost) for place, cost in row["per_hit_ns"].items()))])
    print()
    table(
        ("s from Ctrl-C", "no probe in the target", "trace complete", "recorder gone", "links in the kernel"),
        [(name, "-" if row["detached_s"] is None else number(row["detached_s"]), number(row["ended_s"]),
          number(row["gone_s"]), row["kernel_links"]) for name, row in results["ends"].items()])
    print()
    table(
        ("goal", "what", "measured", "limit", ""),
        [(goal.number, goal.text, number(goal.value), goal.limit, "met" if goal.is_met else "MISSED")
         for goal in verdicts])


def main():
    parser = argparse.ArgumentParser(prog="overhead", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=30, help="of the sustained load")
    parser.add_argument("--without-others", action="store_true", help="poolscope and the twin only")
    parser.add_argument("--json", default="overhead.json")
    arguments = parser.parse_args()

    results = measure(arguments.rounds, arguments.seconds, not arguments.without_others, arguments.json)
    of_programs = list(goals.of_programs(results["programs"]))
    verdicts = [
        *goals.of_sockets(results["sockets"], results["calls"]), *of_programs,
        *goals.of_limits(results["losses"], results["ends"], results["rest"]), *goals.of_pools(results["pools"]),
        *goals.of_latency(results["latency"]),
    ]
    results["goals"] = [vars(goal) for goal in verdicts]
    save(results, arguments.json)
    show(results, verdicts)
    failed = [goal for goal in verdicts if not goal.is_met and (goal in of_programs or goal.number == "4")]
    for goal in failed:
        print(f"error: {goal.text} is {number(goal.value)}, limit {goal.limit}", file=sys.stderr)
    sys.exit(1 if failed else 0)


main()
