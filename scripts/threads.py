#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records many threads on this host, and holds each call of each thread against the program's own account.

usage: threads.py [ROUNDS]    runs .build/poolscope, as root, by the best rung of the attach ladder that this kernel has

What a round has left is in .build/threads/ROUND. On one kernel, an interrupt's record is missing once in some ten thousands,
for a cause that is not known (docs/limits.md): of states that are missing, and nothing else, one round may have some, which
is said.
"""
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, "Tests/vm")
import threads

FOLDER = pathlib.Path(".build/threads")
THREADS = "13"
PATIENCE_S = 60


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    outcomes = [recorded(FOLDER / str(index)) for index in range(rounds)]
    return 1 if "failed" in outcomes or outcomes.count(threads.STATES_MISSING) > 1 else 0


def recorded(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    messages = folder / "threads.err"
    with (folder / "threads.out").open("w") as account:
        workload = subprocess.Popen([".build/examples/socket-workload", "-t", THREADS], stdout=account)
    try:
        wait_until(lambda: "ready" in (folder / "threads.out").read_text(), workload, "the workload to be ready")
        with messages.open("w") as output:
            recorder = subprocess.Popen(
                [".build/poolscope", "record", "--pid", str(workload.pid), "--detail", "full",
                 "-o", str(folder / "threads.pscope")],
                stdout=subprocess.DEVNULL, stderr=output)
        wait_until(lambda: "\nRecording " in "\n" + messages.read_text(), recorder, "the recorder to arm its probes")
        workload.send_signal(signal.SIGUSR1)
        done = workload.wait(timeout=PATIENCE_S), recorder.wait(timeout=PATIENCE_S)
    finally:
        workload.kill()
        workload.wait()
    (folder / "threads.json").write_text((folder / "threads.out").read_text().partition("\n")[2])
    outcome, remark = threads.recorded(folder, "threads") if done[0] == 0 else ("failed", f"exit codes {done}")
    print(f"threads: {outcome}: {remark}", flush=True)
    return outcome


def wait_until(is_so, process, what):
    for _ in range(PATIENCE_S * 100):
        if is_so():
            return
        if process.poll() is not None:
            break
        time.sleep(0.01)
    raise ValueError(f"waited in vain for {what}")


sys.exit(main())
