# SPDX-License-Identifier: Apache-2.0
"""Two pools to one server: three workers queue for the one connection of the first, the second has 5 and uses 1. The healthy
first one has 5, too."""
from postgresql import start  # noqa: F401

RULE = "pool-split"


def expect(mode, truth, stage):
    port = (stage.postgres / "port").read_text().strip()
    return [
        {"rule": RULE, "subject": f"127.0.0.1:{port}", "count": 2, "severity": "note",
         "numbers": {"pools": 2, "peak_leases_sum": 2}},
        {"rule": "pool-wait", "subject": "database/sql #1"}, {"rule": "pool-exhausted"},
    ]
