# SPDX-License-Identifier: Apache-2.0
"""A redigo pool as its zero value is: it keeps no idle connection, and dials for each of 31 leases. The healthy one keeps 3."""
import postgresql

RULE = "no-reuse"


def start(stage, mode):
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{stage.redis()}"]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": "redigo #1", "count": 31, "severity": "warning",
             "numbers": {"leases": truth["leases"], "opened": 31, "closed": 31}}]
