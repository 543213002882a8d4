# SPDX-License-Identifier: Apache-2.0
"""What the scenarios of pools have in common: their Go program, and a PostgreSQL server of their own."""
import os
import pathlib
import subprocess
import threading

from stage import ROOT

_building = threading.Lock()
SCRIPT = ROOT / "scripts/postgres.sh"


def program():
    """Builds Examples/scenarios/pools from Debian's Go packages, once."""
    output = ROOT / ".build/examples/scenario-pools"
    with _building:
        environment = {**os.environ, "GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOPATH": "/usr/share/gocode",
                       "GOCACHE": str(ROOT / ".cache/go-build"), "CGO_ENABLED": "0"}
        output.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["go", "build", "-ldflags", "-s -w", "-o", output, "."], check=True, env=environment,
                       cwd=ROOT / "Examples/scenarios/pools")
    # One file each: where no other process runs the same file, probes come and go faster.
    return output


def server(stage):
    """Starts a server that ends with the stage. Returns its folder and how to reach it."""
    # The server's user must be able to enter.
    stage.folder.chmod(0o755)
    folder = stage.folder / "postgres"
    run("init", folder)
    run("start", folder)
    stage.cleanups.append(lambda: run("stop", folder))
    return folder, run("dsn", folder).strip()


def run(command, folder, *arguments):
    # The server inherits standard output: a pipe would stay open as long as it runs.
    with (pathlib.Path(folder).parent / f"postgres-{command}.log").open("w+") as log:
        subprocess.run([SCRIPT, command, folder, *arguments], check=True, stdout=log, stderr=subprocess.STDOUT,
                       stdin=subprocess.DEVNULL)
        log.seek(0)
        return log.read()


def start(stage, mode):
    """The command of a target that needs nothing but the server."""
    stage.postgres, dsn = server(stage)
    return [program(), stage.name, mode, dsn]
