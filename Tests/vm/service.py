# SPDX-License-Identifier: Apache-2.0
"""The leaking service, recorded in a guest: the report names its 3 leaks, held to the same truth as on the host."""
import subprocess

import poolscope

# Where emulation makes a hold of milliseconds one of seconds, 20 times the p99 is longer than the recording.
OPTIONS = ["--threshold", "lease-leak.hold-factor=5"]


def recorded(folder):
    if not (folder / "service.pscope").exists():
        error = (folder / "service.err").read_text().strip() if (folder / "service.err").exists() else "not run"
        return "failed", error[-300:]
    report, status = poolscope.run_analyze(folder / "service.pscope", folder / "service.json", *OPTIONS)
    check = subprocess.run(
        ["scripts/check-demo.py", "leaky", str(status), str(report), str(folder / "service.truth")],
        capture_output=True, text=True, check=False)
    if check.returncode:
        return "failed", check.stderr.strip()[-600:]
    return "passed", "3 leaks, by function, line, goroutine and socket"
