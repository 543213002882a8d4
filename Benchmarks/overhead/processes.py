# SPDX-License-Identifier: Apache-2.0
"""The processes of a measurement: targets, and the tracers that are compared."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from . import accounts

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(HERE, ".build")
POOLSCOPE = os.environ.get("POOLSCOPE", os.path.join(HERE, "..", ".build", "poolscope"))


def built(name):
    return os.path.join(BUILD, name)


def addition_ns():
    """How fast the processor is just now: Benchmarks/native/addition.c."""
    return float(subprocess.run([built("addition")], check=True, capture_output=True, text=True).stdout)


class Target:
    """A program that is measured. It ends with its standard input."""

    def __init__(self, *command, cpu=None):
        if cpu is not None and os.cpu_count() > 1:
            command = ("taskset", "-c", str(cpu)) + command
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args}: ended early")
        return line.strip()

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


class Tracer:
    """A tracer of one target. `start` returns when its probes are armed."""

    name = ""
    requests_share = 1.0  # of the usual number of requests: slow ones get fewer

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="overhead-")
        self.output = os.path.join(self.directory, "output")
        self.records = self.lost = None

    def start(self, pid):
        started = time.monotonic_ns()
        self.process = subprocess.Popen(
            self.command(pid), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.await_armed()
        self.armed_ns = time.monotonic_ns() - started
        self.cpu_at_start = accounts.cpu_ns(self.process.pid)

    def await_line(self, stream, text):
        seen = []
        for line in stream:
            seen.append(line)
            if text in line:
                return line
        raise RuntimeError(f"{self.name} did not say '{text}': {''.join(seen)}")

    def stop(self, meanwhile=lambda: None):
        """Ends it; `meanwhile` is called right before it is asked to. CPU time from `start` until all that the target did is in the output, without the end itself."""
        time.sleep(0.15)  # the longest time between two drains
        self.cpu_ns = accounts.cpu_ns(self.process.pid) - self.cpu_at_start
        meanwhile()
        asked = time.monotonic_ns()
        self.finish()
        self.stop_ns = time.monotonic_ns() - asked
        self.file_bytes = os.path.getsize(self.output) if os.path.exists(self.output) else 0
        return self

    def finish(self):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)

    def remove(self):
        shutil.rmtree(self.directory)


class Poolscope(Tracer):
    name = "poolscope"

    def __init__(self, *options):
        super().__init__()
        self.options = options

    def command(self, pid):
        return [POOLSCOPE, "record", "--pid", str(pid), "--output", self.output, "--detail", "full",
                *self.options]

    def await_armed(self):
        self.await_line(self.process.stderr, "Recording ")

    def finish(self):
        asked = time.monotonic_ns()
        self.process.send_signal(signal.SIGINT)
        self.await_line(self.process.stderr, "Recording ended")
        self.complete_ns = time.monotonic_ns() - asked
        self.process.kill()  # what follows is the analysis
        self.process.communicate()

    def read_trace(self):
        """Records by kind, and losses by kind, as the trace says."""
        result = subprocess.run([POOLSCOPE, "analyze", "--format", "json", self.output], stdout=subprocess.PIPE)
        trace = json.loads(result.stdout)
        lost = {}
        for window in trace["losses"]:
            if not window["is_stack_only"]:
                lost[window["kind"]] = lost.get(window["kind"], 0) + window["count"]
        self.records, self.lost = trace["trace"]["records"], lost
        return self


class Twin(Tracer):
    """The least tracer at the same hooks: native/twin.c."""

    name = "twin"

    def __init__(self, *points):
        super().__init__()
        self.points = points

    def command(self, pid):
        command = [built("twin"), built("twin.bpf.o"), str(pid), self.output]
        return command + (["points", f"/proc/{pid}/exe", *map(str, self.points)] if self.points else ["sockets"])

    def await_armed(self):
        self.await_line(self.process.stdout, "armed")

    def finish(self):
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=60)
        self.records, self.lost = map(int, said.split())


def with_tracefs(command):
    """bpftrace and perf want tracefs: where the host has not mounted it, in a mount namespace of their own."""
    if os.path.exists("/sys/kernel/tracing/events"):
        return command
    script = 'mount -t tracefs tracefs /sys/kernel/tracing && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "sh", *command]


class Bpftrace(Tracer):
    def __init__(self, name, program, requests_share=1.0):
        super().__init__()
        self.name, self.program, self.requests_share = name, program, requests_share

    def command(self, pid):
        program = 'BEGIN { printf("armed\\n"); } ' + self.program.replace("PID", str(pid))
        return with_tracefs(["bpftrace", "-B", "line", "-o", self.output, "-e", program])

    def await_armed(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if os.path.exists(self.output) and os.path.getsize(self.output) > 0:
                time.sleep(1)
                return
            time.sleep(0.05)
        self.process.kill()
        raise RuntimeError(f"{self.name} does not start: {self.process.communicate()[1]}")


class Command(Tracer):
    """Any other tracer, told to write to OUTPUT what PID does."""

    def __init__(self, name, *words, requests_share=1.0):
        super().__init__()
        self.name, self.words, self.requests_share = name, words, requests_share

    def command(self, pid):
        return with_tracefs([re.sub("PID", str(pid), word.replace("OUTPUT", self.output)) for word in self.words])

    def await_armed(self):
        time.sleep(1.5)
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} does not start: {self.process.communicate()[1]}")
