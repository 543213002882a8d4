# SPDX-License-Identifier: Apache-2.0
"""A pool of 13 connections to a Redis server that kills them all; the pool dials anew. The healthy one loses 4 of 13, and
has 11 short connections that the server ends, as it is asked to."""
import signal
import socket
import time

from target import Target

RULE = "mass-invalidation"
POOL, SHORT, FEW = 13, 11, 4


def start(stage, mode):
    stage.port = stage.redis()
    return stage.python(mode, stage.port)


def meanwhile(stage, mode, await_line):
    ports = await_line("connected").split()[1:]
    with socket.create_connection(("127.0.0.1", stage.port)) as admin:
        for command in ["TYPE normal SKIPME yes"] if mode == "failing" else [f"ADDR 127.0.0.1:{port}" for port in ports[:FEW]]:
            admin.sendall(f"CLIENT KILL {command}\r\n".encode())
            assert admin.recv(64).startswith(b":")
    stage.target.send_signal(signal.SIGUSR1)


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": POOL, "severity": "warning", "confidence": "certain",
             "numbers": {"closed": POOL, "connections": POOL, "redials": POOL}}]


def target(mode, port):
    address = ("127.0.0.1", int(port))
    Target.ready()
    pool = [socket.create_connection(address) for _ in range(POOL)]
    # A connection counts when it is older than two seconds.
    time.sleep(2.3)
    Target.meet("connected " + " ".join(str(client.getsockname()[1]) for client in pool))
    for client in pool[:POOL if mode == "failing" else FEW]:
        assert client.recv(64) == b""
        client.close()
    for _ in range(POOL if mode == "failing" else FEW):
        pool.append(socket.create_connection(address))
    if mode == "healthy":
        for _ in range(SHORT):
            with socket.create_connection(address) as client:
                client.sendall(b"QUIT\r\n")
                while client.recv(64):
                    pass
    Target.done()
