# SPDX-License-Identifier: Apache-2.0
"""Five transactions that are open while somebody else is called for 230 ms. The healthy program calls before it begins one."""
from postgresql import start  # noqa: F401

RULE = "idle-hold"


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": "database/sql #1", "count": truth["orders"], "severity": "note", "text": ["main.checkout"]}]
