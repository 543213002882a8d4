# SPDX-License-Identifier: Apache-2.0
"""11 connections of a pool whose lifetime is 4 s, opened at one moment: they end together, three times. Those of the healthy pool
were opened one after the other."""
import postgresql

RULE = "lifetime-herd"
# A program that takes all connections at one time also holds them idle, and dials in bursts: other rules have their say on that.
OPTIONS = ["--rules", RULE]
CONNECTIONS, LIFETIME = 11, "4s"


def start(stage, mode):
    stage.postgres, dsn = postgresql.server(stage)
    return [postgresql.program(), "steady", mode, dsn, str(CONNECTIONS), LIFETIME]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": "database/sql #1", "count": (2, truth["lifetimes"]), "severity": "warning",
             "confidence": "high", "numbers": {"closed": (2 * CONNECTIONS // 2, truth["lifetimes"] * CONNECTIONS)}}]
