# SPDX-License-Identifier: Apache-2.0
"""101 like queries of 10 ms, one after the other. The healthy program asks once for all."""
from postgresql import start  # noqa: F401

RULE = "sequential-round-trips"
# A machine that is busy elsewhere makes pauses between the queries, which end a row.
OPTIONS = ["--threshold", "sequential-round-trips.trips=11"]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": "database/sql #1", "severity": "note", "numbers": {"trips": (11, 101)},
             "text": ["main.sequentialRoundTrips"]}]
