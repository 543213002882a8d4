# SPDX-License-Identifier: Apache-2.0
"""A client of Redis that does other work for 50 ms before it reads the answer to a prime share of its requests. The
healthy one takes as long, but asks only when it is ready to read, and reads at once."""
import socket
import time

from target import Target

RULE = "receive-backlog"
REQUESTS, LATE = 211, 23
WORK = 0.05


def start(stage, mode):
    return stage.python(mode, stage.redis())


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{truth['port']}", "count": LATE, "severity": "warning",
             "numbers": {"receives": REQUESTS, "late": LATE, "late_leased": 0, "longest_ns": (30_000_000, 5_000_000_000)}}]


def target(mode, port):
    client = socket.create_connection(("127.0.0.1", int(port)))
    Target.ready()
    for number in range(REQUESTS):
        is_late = number % 9 == 1 and number < LATE * 9
        if is_late and mode == "healthy":
            time.sleep(WORK)
        client.sendall(b"PING\r\n")
        if is_late and mode == "failing":
            time.sleep(WORK)
        assert client.recv(64) == b"+PONG\r\n"
    Target.done(port=int(port))
