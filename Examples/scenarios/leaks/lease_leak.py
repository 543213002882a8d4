# SPDX-License-Identifier: Apache-2.0
"""Of 41 goroutines that read one row of three, 3 do not close the rest. The healthy program holds leases for as long, for a batch of
queries and for one that takes long."""
from postgresql import start  # noqa: F401

RULE = "lease-leak"
# The holders must have ended when a census looks, and a second passed.
AFTER = 3.5


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": "database/sql #1", "count": truth["leaks"], "severity": "critical", "confidence": "certain",
             "numbers": {"leaked": truth["leaks"]}, "text": ["main.browse", "always from the goroutine that took it"]}]
