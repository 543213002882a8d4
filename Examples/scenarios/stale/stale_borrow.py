# SPDX-License-Identifier: Apache-2.0
"""Seven idle connections of database/sql when PostgreSQL is restarted: the pool hands out each of them once. The healthy pool
lets go of idle connections before."""
import postgresql

RULE = "stale-borrow"
# Connections are taken one after the other, so that the first are held while the last are dialled, which a busy machine makes long.
OPTIONS = ["--threshold", "idle-hold.floor=1s"]


def start(stage, mode):
    command = postgresql.start(stage, mode)
    port = (stage.postgres / "port").read_text().strip()
    return [*command, f"{postgresql.SCRIPT} stop {stage.postgres} && "
                      f"{postgresql.SCRIPT} start {stage.postgres} {port} >/dev/null 2>&1 </dev/null"]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": "database/sql #1", "count": truth["failed"], "severity": "warning",
             "confidence": "certain", "numbers": {"leases": 7}, "text": ["main.take", "CLOSE_WAIT"]}]
