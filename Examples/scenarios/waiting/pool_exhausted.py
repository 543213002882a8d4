# SPDX-License-Identifier: Apache-2.0
"""Three reports of 0.7 s have all three connections, while seven carts ask for one. The healthy pool is of ten, which the carts
make all at one time."""
from postgresql import start  # noqa: F401

RULE = "pool-exhausted"
# Three reports are few: lease-hog judges a second of waiting.
OPTIONS = ["--disable", "lease-hog"]


def expect(mode, truth, stage):
    return [
        {"rule": RULE, "subject": "database/sql #1", "severity": "warning", "confidence": "certain",
         "numbers": {"maximum_open": 3}, "text": ["main.quarter"]},
        {"rule": "pool-wait", "count": truth["carts"], "confidence": "certain"},
    ]
