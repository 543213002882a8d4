# SPDX-License-Identifier: Apache-2.0
"""database/sql with its default of 2 idle connections, and five peaks of 7: each peak closes 5. The healthy pool keeps 7."""
from postgresql import start  # noqa: F401

RULE = "idle-churn"
# Connections are taken one after the other, so that the first are held while the last are dialled, which a busy machine makes long.
OPTIONS = ["--threshold", "idle-hold.floor=1s"]


def expect(mode, truth, stage):
    # A machine that is busy elsewhere may come to the close too late for it to follow the release at once.
    return [{"rule": RULE, "subject": "database/sql #1", "count": (13, truth["closes"]), "severity": "note",
             "numbers": {"maximum_idle": 2}}]
