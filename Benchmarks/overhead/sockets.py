# SPDX-License-Identifier: Apache-2.0
"""The cost of a recorded recv and send: an echo server under load, with and without each tracer."""

import shutil
import statistics
import subprocess
import sys

from . import accounts
from .processes import Bpftrace, Command, Poolscope, Target, Twin, built

CONNECTIONS = 16
BURSTS = 12
REQUESTS = 120_000
EVENTS_PER_REQUEST = 2
CONNECTS = 2_000


def load(port, requests):
    result = subprocess.run(
        ["taskset", "-c", "1", built("echo_load"), port, str(CONNECTIONS), str(requests)],
        stdout=subprocess.PIPE, check=True, text=True)
    return int(result.stdout)


def others(port):
    """Makers of the tracers to compare with. One that is not installed is said."""
    probe = "tracepoint:sock:sock_recv_length,tracepoint:sock:sock_send_length /pid == PID/"
    makers = {
        "bpftrace": [
            lambda: Bpftrace("bpftrace, counts in a map", probe + " { @[tid, args->ret] = count(); }"),
            lambda: Bpftrace(
                "bpftrace, a line each", probe + ' { printf("%llu %d %d\\n", nsecs, tid, args->ret); }', 0.5)],
        "tcpdump": [
            lambda: Command("tcpdump -s 96", "tcpdump", "-i", "lo", "-s", "96", "-Z", "root", "-w", "OUTPUT", "tcp", "port",
                            port)],
        "perf": [
            lambda: Command(
                "perf trace", "perf", "trace", "-p", "PID", "-o", "OUTPUT", "-e", "recvfrom,sendto",
                requests_share=0.5)],
        "strace": [
            lambda: Command(
                "strace", "strace", "-f", "-e", "trace=network,read,write", "-p", "PID", "-o", "OUTPUT",
                requests_share=0.1)],
    }
    for program in makers:
        if not shutil.which(program):
            print(f"note: left out: {program} is not installed", file=sys.stderr)
    return [maker for program, list in makers.items() if shutil.which(program) for maker in list]


class Measurement:
    def __init__(self, requests):
        self.requests = requests
        self.server = Target(built("echo_server"), cpu=0)
        self.port = self.server.read()
        self.samples = {}

    def once(self, tracer=None):
        """One run; (CPU ns per request of the target, requests/s)."""
        share = tracer.requests_share if tracer else 1.0
        requests = int(self.requests * share / BURSTS / CONNECTIONS) * CONNECTIONS
        if tracer:
            tracer.start(self.server.pid)
        costs, rates = [], []
        for _ in range(BURSTS):
            before = accounts.cpu_ns(self.server.pid)
            elapsed = load(self.port, requests)
            costs.append((accounts.cpu_ns(self.server.pid) - before) / requests)
            rates.append(requests / elapsed * 1e9)
        if tracer:
            tracer.stop()
            # Each connection's end is a recv of its own, which returns 0.
            tracer.events = BURSTS * (EVENTS_PER_REQUEST * requests + CONNECTIONS)
        # The quarter that the rest of the machine disturbed least.
        return sorted(costs)[BURSTS // 4], sorted(rates)[-1 - BURSTS // 4]

    def round(self, makers):
        """Each tracer between two untraced runs."""
        untraced = [self.once()]
        for make in makers:
            tracer = make()
            cpu, rate = self.once(tracer)
            untraced.append(self.once())
            base_cpu = statistics.mean(sample[0] for sample in untraced[-2:])
            base_rate = statistics.mean(sample[1] for sample in untraced[-2:])
            sample = {
                "untraced_cpu_ns": base_cpu, "added_cpu_ns": cpu - base_cpu, "throughput": rate / base_rate,
                "tracer_s_per_million": tracer.cpu_ns / tracer.events / 1e3,
                "bytes_per_event": tracer.file_bytes / tracer.events, "untraced_rate": base_rate,
            }
            if isinstance(tracer, Poolscope):
                tracer.read_trace()
                sample["missing"] = tracer.events - tracer.records["socket_io"]
            tracer.remove()
            self.samples.setdefault(tracer.name, []).append(sample)


def measure(rounds, requests=REQUESTS, with_others=True):
    measurement = Measurement(requests)
    try:
        for index in range(rounds):
            pair = [Poolscope, Twin] if index % 2 else [Twin, Poolscope]
            measurement.round(pair)
        for make in others(measurement.port) if with_others else []:
            try:
                for _ in range(min(rounds, 3)):
                    measurement.round([make])
            except RuntimeError as error:
                print(f"note: left out: {error}", file=sys.stderr)
    finally:
        measurement.server.end()
    rows = {}
    for name, samples in measurement.samples.items():
        rows[name] = {key: statistics.median(sample[key] for sample in samples) for key in samples[0]}
        rows[name]["rounds"] = len(samples)
    return rows


def programs(requests=REQUESTS):
    """Mean ns of each BPF program of poolscope and of the twin, one after the other on the same server."""
    found = {}
    server = Target(built("echo_server"), cpu=0)
    try:
        port = server.read()
        with accounts.ProgramStatistics():
            for tracer in (Twin(), Poolscope(), Twin(), Poolscope()):
                tracer.start(server.pid)
                load(port, requests)
                # What happens once in the life of a connection, often enough for a mean.
                for _ in range(CONNECTS // CONNECTIONS):
                    load(port, CONNECTIONS)
                for name, (runs, nanoseconds) in accounts.programs_of(tracer.process.pid).items():
                    if runs:
                        found.setdefault(tracer.name, {}).setdefault(name, []).append((runs, nanoseconds / runs))
                tracer.stop().remove()
    finally:
        server.end()
    return {
        tracer: {
            name: {"runs": max(runs for runs, _ in samples), "ns": min(mean for _, mean in samples)}
            for name, samples in programs.items()
        }
        for tracer, programs in found.items()
    }
