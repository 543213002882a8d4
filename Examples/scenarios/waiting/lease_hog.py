# SPDX-License-Identifier: Apache-2.0
"""Three exports of 0.7 s have the only connection, while a cart waits each time. The healthy pool has room for both."""
from postgresql import start  # noqa: F401

RULE = "lease-hog"
# Half a second of waiting is what three exports make for sure.
OPTIONS = ["--threshold", "lease-hog.waited=500ms"]


def expect(mode, truth, stage):
    return [
        {"rule": RULE, "subject": "database/sql #1", "count": 3, "severity": "warning", "text": ["main.export"]},
        {"rule": "pool-wait"}, {"rule": "pool-exhausted", "text": ["main.export"]},
    ]
