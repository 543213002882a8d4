# SPDX-License-Identifier: Apache-2.0
"""A Go program that evicts connections behind the back of its redigo pool: 5 while they are leased, and 3 of 7 idle ones, which
the pool then hands out. The healthy one leaves that to the pool, and gives up three requests by closing their connections."""
import postgresql

RULE = "use-after-close"
LEASED, DEAD = 5, 3


def start(stage, mode):
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{stage.redis()}"]


def expect(mode, truth, stage):
    assert truth["failed"] == LEASED + DEAD
    return [
        {"rule": RULE, "subject": "redigo #1", "count": LEASED, "severity": "warning", "confidence": "high",
         "numbers": {"leases": LEASED, "closers": 1}, "text": ["main.holdWhile", "without holding the lease"]},
        {"rule": RULE, "subject": "redigo #1", "count": DEAD, "severity": "warning", "confidence": "certain",
         "numbers": {"leases": DEAD, "closers": 1}, "text": ["main.takeAll", "while they were idle"]},
    ]
