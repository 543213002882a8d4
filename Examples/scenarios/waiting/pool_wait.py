# SPDX-License-Identifier: Apache-2.0
"""Eleven workers on a redigo pool of two. The healthy pool has room for all: it fills at one time, and checks each connection for
10 ms before it hands it out. What the trace advises is held against what the workers do: a lease is a BLPOP that waits for
30 ms."""
import json
import math

import postgresql

RULE = "pool-wait"
HOLD = 30e6


def start(stage, mode):
    stage.port = stage.redis()
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{stage.port}"]


def advised(stage, name):
    """The subject and the numbers of the advice, of which there is one."""
    report = json.loads((stage.folder / "report.json").read_text())
    advice, = [entry for entry in report["advice"] if entry["advice"] == name]
    return advice["subject"], advice["numbers"], advice


def expect(mode, truth, stage):
    subject, numbers, advice = advised(stage, "pool-size")
    assert subject == "redigo #1" and numbers["maximum_open"] == 2 and HOLD <= numbers["mean_hold_ns"] < 5 * HOLD, advice
    # Little's law, with the headroom of docs/advice.md.
    size = math.ceil(numbers["acquires_per_second_peak"] * numbers["mean_hold_ns"] / 1e9 * 1.5)
    assert numbers["size"] == size, advice
    waits = {point["size"]: point["wait_p99_ns"] for point in advice["curve"]}
    # Nine wait for two: four or five leases long. With more connections none waits so long.
    assert waits[2] >= 3 * HOLD and waits[max(waits)] < waits[2], advice
    subject, numbers, advice = advised(stage, "timeout-setting")
    assert subject == f"127.0.0.1:{stage.port}" and HOLD <= numbers["round_trip_p90_ns"], advice
    assert numbers["timeout_ns"] == max(200e6, numbers["round_trip_p90_ns"] * 1.5), advice
    # Nine wait at one time, all eleven for a moment between two leases; the last rounds have fewer.
    return [
        {"rule": RULE, "subject": "redigo #1", "count": (truth["leases"] // 2, truth["leases"]), "severity": "warning",
         "confidence": "certain", "numbers": {"queue_peak": (6, 11)}, "text": ["main.work"]},
        {"rule": "pool-exhausted", "subject": "redigo #1", "severity": "warning", "numbers": {"maximum_open": 2}},
    ]
