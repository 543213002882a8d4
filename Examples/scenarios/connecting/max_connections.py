# SPDX-License-Identifier: Apache-2.0
"""Twenty reports have all connections that PostgreSQL allows (max_connections), and seven carts ask for one more: the server
accepts the connection, and says in its start-up that it has no room. The healthy pool is no larger than the server."""
from postgresql import start as start_pool

RULE = "connect-failing"


def start(stage, mode):
    command = start_pool(stage, mode)
    stage.port = (stage.postgres / "port").read_text().strip()
    return command


def expect(mode, truth, stage):
    assert truth["refused"] == 7, truth
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": truth["refused"], "severity": "warning",
             "confidence": "high",
             "numbers": {"ended_in_start_up": truth["refused"], "leased": truth["allowed"],
                         "connections_at_first": truth["allowed"], "connections_at_last": truth["allowed"]},
             "text": ["*pq.Error 7", "database/sql #1", "main.maxConnections", "max_connections"]}]
