# SPDX-License-Identifier: Apache-2.0
"""The leaking service, recorded in a guest: the report names its 3 leaks, held to the same truth as on the host."""
import subprocess

import poolscope


def recorded(folder):
    if not (folder / "service.pscope").exists():
        error = (folder / "service.err").read_text().strip() if (folder / "service.err").exists() else "not run"
        return "failed", error[-300:]
    report, status = poolscope.run_analyze(folder / "service.pscope", folder / "service.json")
    check = subprocess.run(
        ["scripts/check-demo.py", "leaky", str(status), str(report), str(folder / "service.truth")],
        capture_output=True, text=True, check=False)
    if check.returncode:
        return "failed", check.stderr.strip()[-600:]
    return "passed", "3 leaks, by function, line, goroutine and socket"
