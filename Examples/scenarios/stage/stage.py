# SPDX-License-Identifier: Apache-2.0
"""Everything that one run of a scenario starts, and that must be gone after it."""
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
# A machine that does a dozen things at once is slow; one that hangs must not hang the test.
PATIENCE = 60


class Skip(Exception):
    """This host cannot show the failure; the text says why."""


class Stage:
    _open = set()
    _lock = threading.Lock()

    def __init__(self, name, mode, binary):
        self.name, self.mode, self.binary = name, mode, binary
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="poolscope-scenario-"))
        self.processes, self.cleanups = [], []

    def __enter__(self):
        with self._lock:
            self._open.add(self)
        return self

    def __exit__(self, *_):
        with self._lock:
            self._open.discard(self)
        for process in reversed(self.processes):
            if process.poll() is None:
                # A stopped process takes no other signal.
                process.send_signal(signal.SIGKILL)
            process.wait()
        for cleanup in reversed(self.cleanups):
            try:
                cleanup()
            except Exception as error:  # the rest must go, too
                print(f"scenarios: {self.name}: {error}", file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)

    @classmethod
    def clear_all(cls):
        with cls._lock:
            stages = list(cls._open)
        for stage in stages:
            stage.__exit__()

    def spawn(self, command, **options):
        """A process that ends with the stage."""
        process = subprocess.Popen([str(part) for part in command], **options)
        self.processes.append(process)
        return process

    def python(self, mode, *arguments):
        """The command of the scenario's own target(mode, ...)."""
        return [sys.executable, "-B", str(ROOT / "Examples/scenarios/stage/target.py"), self.name, mode, *map(str, arguments)]

    @staticmethod
    def free_port(kind=socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def redis(self, *options):
        """A Redis server of our own; returns its port."""
        port = self.free_port()
        self.server = self.spawn(["redis-server", "--port", port, "--save", "", "--dir", self.folder, *options],
                                 stdout=subprocess.DEVNULL)
        self.await_port(port)
        return port

    def far_redis(self, network):
        """One on the far host of a network, port 6379."""
        log = self.folder / "redis.log"
        self.server = self.spawn([*network.far, "redis-server", "--port", 6379, "--save", "", "--dir", self.folder,
                                  "--protected-mode", "no", "--logfile", log])
        await_true(lambda: log.exists() and "Ready to accept connections" in log.read_text(), "Redis on the far host")

    @staticmethod
    def await_port(port, address="127.0.0.1"):
        def answers():
            with socket.socket() as probe:
                return probe.connect_ex((address, port)) == 0
        await_true(answers, f"a server on {address}:{port}")

    def record(self, scenario):
        """Starts the target, records it while it works, and analyses. Returns report, exit code and truth."""
        command = scenario.start(self, self.mode)
        errors = (self.folder / "target.err").open("w+")
        target = self.target = self.spawn(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        lines = Lines(target)
        lines.await_line(lambda line: line.startswith("ready"), self.folder / "target.err")
        trace, log = self.folder / "run.pscope", self.folder / "record.log"
        recorder = self.spawn([self.binary, "record", "--pid", target.pid, "-o", trace, "--census", "1s", "--force",
                               *getattr(scenario, "RECORD", [])], stdout=subprocess.DEVNULL, stderr=log.open("w"))
        await_true(lambda: "Recording " in log.read_text() or recorder.poll() is not None, "the recorder")
        if recorder.poll() is not None:
            raise RuntimeError(f"record: {log.read_text()}")
        target.send_signal(signal.SIGUSR1)
        if hasattr(scenario, "meanwhile"):
            scenario.meanwhile(self, self.mode, lambda word: lines.await_line(
                lambda line: line.startswith(word), self.folder / "target.err"))
        truth = json.loads(lines.await_line(lambda line: line.startswith("{"), self.folder / "target.err"))
        # One census more than has been: it lists what the work has left.
        time.sleep(getattr(scenario, "AFTER", 1.5))
        recorder.send_signal(signal.SIGINT)
        if (status := recorder.wait(PATIENCE)) not in (0, 1):
            raise RuntimeError(f"record ended with {status}: {log.read_text()}")
        target.kill()
        return *self.analyze(trace, getattr(scenario, "OPTIONS", [])), truth

    def analyze(self, trace, options):
        done = subprocess.run([self.binary, "analyze", trace, "--format", "json", *options], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"analyze ended with {done.returncode}: {done.stderr}")
        (self.folder / "report.json").write_text(done.stdout)
        return json.loads(done.stdout), done.returncode

    def keep(self):
        """Leaves trace, report and logs where they can be looked at."""
        kept = ROOT / ".build/scenarios" / f"{self.name}-{self.mode}"
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for path in self.folder.iterdir():
            if path.is_file() and re.search(r"\.(pscope|json|log|err)$", path.name):
                shutil.copy(path, kept)
        print(f"     kept in {kept.relative_to(ROOT)}", flush=True)


class Lines:
    """The lines that a process prints, as they come."""

    def __init__(self, process):
        self.process, self.lines, self.changed = process, [], threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)
            self.changed.notify_all()

    def await_line(self, is_wanted, errors):
        deadline = time.monotonic() + PATIENCE
        with self.changed:
            while True:
                if found := next((line for line in self.lines if line and is_wanted(line)), None):
                    return found
                if None in self.lines or time.monotonic() > deadline:
                    raise RuntimeError(f"the target {'ended' if None in self.lines else 'is silent'}: {errors.read_text()}")
                self.changed.wait(1)


def await_true(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited in vain for {what}")
        time.sleep(0.05)
