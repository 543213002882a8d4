# SPDX-License-Identifier: Apache-2.0
"""Eleven workers on a redigo pool of two. The healthy pool has room for all: it fills at one time, and checks each connection for
10 ms before it hands it out."""
import postgresql

RULE = "pool-wait"


def start(stage, mode):
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{stage.redis()}"]


def expect(mode, truth, stage):
    # Nine wait at one time, all eleven for a moment between two leases; the last rounds have fewer.
    return [
        {"rule": RULE, "subject": "redigo #1", "count": (truth["leases"] // 2, truth["leases"]), "severity": "warning",
         "confidence": "certain", "numbers": {"queue_peak": (6, 11)}, "text": ["main.work"]},
        {"rule": "pool-exhausted", "subject": "redigo #1", "severity": "warning", "numbers": {"maximum_open": 2}},
    ]
