# SPDX-License-Identifier: Apache-2.0
"""Seven idle connections of database/sql when PostgreSQL is restarted: nobody closes them. The healthy pool lets go of idle
connections before."""
from stale_borrow import start  # noqa: F401

RULE = "close-wait"
OPTIONS = ["--threshold", "close-wait.age=2s", "--threshold", "idle-hold.floor=1s"]


def expect(mode, truth, stage):
    return [{"rule": RULE, "count": truth["idle"], "severity": "warning"}]
