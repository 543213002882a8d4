# SPDX-License-Identifier: Apache-2.0
"""A pool over three Redis servers, with seven of its nine connections to the first. The healthy one has three to each."""
import postgresql

RULE = "endpoint-skew"


def start(stage, mode):
    stage.servers = [f"127.0.0.1:{stage.redis()}" for _ in range(3)]
    return [postgresql.program(), stage.name, mode, ",".join(stage.servers)]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": "redigo #1", "count": truth["busiest"], "severity": "note",
             "text": [f"{stage.servers[0]} gets 78 % of the load on 3 servers", f"{stage.servers[2]} 13"]}]
