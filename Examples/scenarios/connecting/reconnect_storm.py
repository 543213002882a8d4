# SPDX-License-Identifier: Apache-2.0
"""A client that asks a server that is down again after 20 ms, 157 times. The healthy one waits for a random time that grows, and
the server is there at its third attempt."""
import random
import socket
import time

from target import Target

RULE = "reconnect-storm"
ATTEMPTS = 157


def start(stage, mode):
    stage.port = stage.free_port()
    return stage.python(mode, stage.port)


def expect(mode, truth, stage):
    return [
        {"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": ATTEMPTS - 1, "severity": "warning",
         "numbers": {"retries": ATTEMPTS - 1, "retries_per_second_peak": (11, 50)}},
        {"rule": "connect-failing", "subject": f"127.0.0.1:{stage.port}", "count": ATTEMPTS,
         "numbers": {"refused": ATTEMPTS}},
    ]


def target(mode, port):
    address = ("127.0.0.1", int(port))
    Target.ready()
    if mode == "healthy":
        # Two failures: below what connect-failing takes for a habit.
        for attempt in range(2):
            with socket.socket() as client:
                client.connect_ex(address)
            time.sleep(random.uniform(0.05, 0.1) * 2 ** attempt)
        with socket.create_server(address) as server, socket.create_connection(address) as client:
            server.accept()[0].close()
            Target.done()
    for _ in range(ATTEMPTS):
        with socket.socket() as client:
            client.connect_ex(address)
        time.sleep(0.02)
    Target.done()
