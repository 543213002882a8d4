#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the offline half costs: poolscope sockets, which counts calls, bytes, times and leases by socket, beside C over bare
records and DuckDB over Parquet, which are asked for the same, on the same events; and poolscope analyze, which decides rules.

usage: run.py [EVENTS [SOCKETS]]

Wants .build/poolscope, .build/bench/release/BenchTrace (Benchmarks/offline/run.sh builds both), clang, and for the
comparison the Python packages duckdb, numpy and pyarrow. One thread each; CPU seconds; medians of 3 interleaved rounds.

Exits with 1 when `poolscope sockets` passes a goal of docs/overhead.md that it meets, or `poolscope analyze` that of memory.
The goal in seconds is of 20 million events, on the machine that is described there, and is scaled to as many as there are.
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# The records of one lease, in the generator's order, as bytes: pool_acquire_begin, pool_acquire_end, a send, a receive,
# pool_release (bpf/include/pool_records.h, socket_records.h).
BEGIN, END, IO, RELEASE = 64, 88, 64, 64
LEASE_BYTES = BEGIN + END + 2 * IO + RELEASE

GOAL_SECONDS = 3.5
GOAL_EVENTS = 20_000_000
GOAL_TIMES_C = 4.0
GOAL_MEBIBYTES = 700

QUERY = """
SELECT inode, count(*), sum(bytes), quantile_cont(duration, 0.5), quantile_cont(duration, 0.99)
FROM '{io}' GROUP BY inode;
SELECT count(*), sum(r.time - a.time), quantile_cont(r.time - a.time, 0.99)
FROM (SELECT *, row_number() OVER (PARTITION BY connection ORDER BY time) AS n FROM '{acquires}') a
JOIN (SELECT *, row_number() OVER (PARTITION BY connection ORDER BY time) AS n FROM '{releases}') r USING (connection, n);
"""


def cost(command):
    """CPU seconds and resident MiB at the most of a command, which inherits this small process's own at the least."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        output = os.open(os.devnull, os.O_WRONLY)
        os.dup2(output, 1)
        done = subprocess.run(command, stdout=output)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(write, f"{done.returncode} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    code, seconds, memory = os.read(read, 100).decode().split()
    os.close(read)
    if code != "0":
        sys.exit(f"run.py: {command[0]} failed ({code})")
    return float(seconds), float(memory)


def write_parquet(raw, folder):
    """The same events in three tables."""
    import numpy
    import pyarrow
    import pyarrow.parquet
    leases = numpy.fromfile(raw, numpy.uint8)
    if len(leases) % LEASE_BYTES:
        sys.exit("run.py: the records have other sizes than are written here")
    leases = leases.reshape(-1, LEASE_BYTES)

    def column(start, kind):
        return numpy.frombuffer(leases[:, start:start + numpy.dtype(kind).itemsize].tobytes(), kind)

    def table(name, **columns):
        pyarrow.parquet.write_table(pyarrow.table(columns), folder / f"{name}.parquet", compression="zstd")

    acquire, send, receive, release = BEGIN, BEGIN + END, BEGIN + END + IO, BEGIN + END + 2 * IO
    both = [numpy.concatenate([column(start + offset, kind) for start in (send, receive)])
            for offset, kind in ((0, "<u8"), (32, "<u8"), (40, "<u8"), (48, "<i4"))]
    table("io", time=both[0], inode=both[1], duration=both[2], bytes=both[3])
    table("acquires", time=column(acquire, "<u8"), connection=column(acquire + 32, "<u8"))
    table("releases", time=column(release, "<u8"), connection=column(release + 40, "<u8"))


def passed_goals(events, seconds, c_seconds, mebibytes):
    """The goals that were passed, as sentences."""
    allowed = GOAL_SECONDS * events / GOAL_EVENTS
    passed = []
    if seconds > allowed:
        passed.append(f"{seconds:.2f} CPU s; the goal is {allowed:.2f}")
    if seconds > GOAL_TIMES_C * c_seconds:
        passed.append(f"{seconds / c_seconds:.1f} times what C needs; the goal is {GOAL_TIMES_C:.0f}")
    if mebibytes > GOAL_MEBIBYTES:
        passed.append(f"{mebibytes:.0f} MiB resident; the goal is {GOAL_MEBIBYTES}")
    return passed


def main():
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000_000
    sockets = sys.argv[2] if len(sys.argv) > 2 else "1000"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        trace, raw, program = folder / "trace.pscope", folder / "raw", folder / "aggregate"
        subprocess.run([ROOT / ".build/bench/release/BenchTrace", str(events), sockets, trace, raw], check=True)
        subprocess.run(["clang", "-O2", "-I", ROOT / "bpf/include", "-o", program,
                        ROOT / "Benchmarks/offline/aggregate.c"], check=True)
        commands = {f"poolscope {name}": [ROOT / ".build/poolscope", name, trace] for name in ("sockets", "analyze")}
        commands["C, bare records"] = [program, raw]
        # In a process of its own: what is measured later must not inherit its memory.
        if subprocess.run([sys.executable, __file__, "parquet", raw, folder]).returncode == 0:
            query = QUERY.format(**{name: folder / f"{name}.parquet" for name in ("io", "acquires", "releases")})
            commands["DuckDB, Parquet"] = [
                sys.executable, "-c", f"import duckdb\nduckdb.sql('SET threads=1')\nfor q in '''{query}'''.split(';')[:2]:\n"
                f"    duckdb.sql(q).fetchall()"]
        else:
            print("without DuckDB: no Parquet could be written")
        costs = {tool: [] for tool in commands}
        for _ in range(3):
            for tool, command in commands.items():
                costs[tool].append(cost(command))
        parquet = sum(path.stat().st_size for path in folder.glob("*.parquet"))
        print(f"{events} events of {sockets} sockets: trace {trace.stat().st_size / events:.1f} bytes an event"
              + (f", Parquet {parquet / events:.1f}" if parquet else ""))
        print(f"{'':20}  CPU s  ratio  RSS MiB")
        own = statistics.median(seconds for seconds, _ in costs["poolscope sockets"])
        for tool, rounds in costs.items():
            seconds = statistics.median(seconds for seconds, _ in rounds)
            memory = max(memory for _, memory in rounds)
            print(f"{tool:20}  {seconds:5.2f}  {seconds / own:5.2f}  {memory:7.0f}")
        c_seconds = statistics.median(seconds for seconds, _ in costs["C, bare records"])
        memory = max(memory for name in ("sockets", "analyze") for _, memory in costs[f"poolscope {name}"])
        passed = passed_goals(events, own, c_seconds, memory)
        for goal in passed:
            print(f"run.py: missed: {goal}")
        if passed:
            sys.exit(1)


if sys.argv[1:2] == ["parquet"]:
    write_parquet(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
else:
    main()
