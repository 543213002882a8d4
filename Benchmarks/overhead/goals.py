# SPDX-License-Identifier: Apache-2.0
"""What the measurements are held against. All are ratios within one run, or generous bounds."""
import statistics

LIMIT_PROGRAM_NS = 500
# What a program of the twin takes on this machine at its full speed. In an hour in which it takes longer, so do all others.
TWIN_NS = 120
LIMIT_PROGRAM_RATIO = 1.3
# Once in the life of a connection, with a walk of the caller's stack.
LIMIT_STACK_NS = 2000
STACK_PROGRAMS = ("accept", "connect", "socket")


class Goal:
    def __init__(self, number, text, value, limit, is_met):
        self.number, self.text, self.value, self.limit, self.is_met = number, text, value, limit, is_met


def at_most(number, text, value, limit):
    return Goal(number, text, value, f"<= {limit}", value <= limit)


def at_least(number, text, value, limit):
    return Goal(number, text, value, f">= {limit}", value >= limit)


def of_sockets(rows, calls):
    poolscope, twin = rows["poolscope"], rows["twin"]
    yield at_most("1", "added CPU of one send + recv, to the twin's (one quiet thread)",
                  calls["poolscope"]["pair_ns"] / calls["twin"]["pair_ns"], 1.5)
    yield at_most("1", "added CPU of one request of the echo server, to the twin's",
                  poolscope["added_cpu_ns"] / twin["added_cpu_ns"], 1.5)
    yield at_least("1", "throughput at saturation, to untraced", poolscope["throughput"], 0.85)
    for name, share in (("bpftrace, counts in a map", 1 / 2), ("bpftrace, a line each", 1 / 4),
                        ("perf trace", 1 / 4), ("strace", 1 / 15)):
        if name in rows:
            yield at_most("2", f"added CPU of one request, to that of {name}",
                          poolscope["added_cpu_ns"] / rows[name]["added_cpu_ns"], round(share, 3))
    if "tcpdump -s 96" in rows:
        yield at_least("2", "throughput, to that with tcpdump",
                       poolscope["throughput"] / rows["tcpdump -s 96"]["throughput"], 1.2)
    yield at_most("3", "CPU s of the recorder for a million events", poolscope["tracer_s_per_million"], 0.25)
    yield at_most("8", "bytes of file for an event", poolscope["bytes_per_event"], 6)
    yield at_most("4", "events of the echo server that are neither recorded nor counted as lost",
                  abs(poolscope["missing"]), 0)
    yield at_most("11", "a system call that is not traced, to untraced",
                  1 + calls["poolscope"]["other_call_ns"] / calls["untraced"]["other_call_ns"], 1.3)


def of_programs(programs):
    pairs = (("raw_tp_sock_rec", "twin_receive"), ("raw_tp_sock_sen", "twin_send"))
    own, twin = programs["poolscope"], programs["twin"]
    for name, other in pairs:
        if name in own and other in twin:
            yield at_most("5", f"{name}, run time to the twin's", own[name]["ns"] / twin[other]["ns"],
                          LIMIT_PROGRAM_RATIO)
    slowness = max(1, statistics.mean(program["ns"] for program in twin.values()) / TWIN_NS)
    for name, program in own.items():
        if program["runs"] >= 1000:
            limit = LIMIT_STACK_NS if any(part in name for part in STACK_PROGRAMS) else LIMIT_PROGRAM_NS
            yield at_most("5", f"{name}, mean ns at full speed", program["ns"] / slowness, limit)


def of_limits(losses, ends, rest):
    overload, full, sustained = losses["overload"], losses["full speed"], losses["sustained"]
    for name, row in losses.items():
        yield at_most("4", f"{name}: calls of {row['calls']:,} that are neither recorded nor counted as lost",
                      abs(row["calls"] - row["recorded"] - row["lost"]), 0)
    yield at_least("4", "overload: calls lost, or it was none", overload["lost"], 1)
    yield at_most("4", f"lost at {sustained['calls_per_second']:,.0f} calls/s for {sustained['seconds']:.0f} s",
                  sustained["lost"], 0)
    yield at_most("3", f"recorder ns for an event at {full['calls_per_second']:,.0f} events/s",
                  full["tracer_ns_per_event"], 150)
    for name, row in ends.items():
        yield at_most("7", f"{name}: s from exec to armed", row["armed_s"], 0.3)
        limit = 0.3 if "multi" in name else 5
        if row["detached_s"] is not None:
            yield at_most("7", f"{name}: s from Ctrl-C until no probe is in the target", row["detached_s"], limit)
        yield at_most("7", f"{name}: s from Ctrl-C to the complete trace", row["ended_s"], limit)
    yield at_most("10", "MiB resident", sustained["resident_mib_last"], 40)
    yield at_most("10", "MiB more resident at the end than at the start",
                  sustained["resident_mib_last"] - sustained["resident_mib_first"], 1)
    yield at_most("10", "% of a CPU at rest", rest["cpu_percent"], 0.1)


def of_latency(latency):
    yield at_most("12", "p50 of an answer at 20,000 requests/s, to untraced", latency["poolscope"]["p50"], 1.10)
    if pool := latency.get("poolscope, pool"):
        yield at_most("12", "the same, with an acquire and a release in each", pool["p50"], 1.3)


def of_pools(pools):
    for name, row in pools.items():
        yield at_most("6", f"{name}: an entry probe, to one on the first instruction", row["entry_ratio"], 0.35)
        growth = row["growth"]
        counts = [growth[kind] for kind in ("pool_acquire_begin", "pool_acquire_end", "pool_release")]
        yield at_most("6", f"{name}: hits too many or too few when stacks grow",
                      max(abs(count - growth["made"]) for count in counts), 0)
