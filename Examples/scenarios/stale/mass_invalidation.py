# SPDX-License-Identifier: Apache-2.0
"""A pool of 13 connections to a Redis server that kills them all; the pool dials anew. The healthy one loses 4 of 13, and
has 11 short connections that the server ends, as it is asked to, and 11 to another server that have one burst of requests, and
that it ends after its idle timeout of 4 s."""
import contextlib
import signal
import socket
import subprocess
import threading
import time

from target import Target

RULE = "mass-invalidation"
POOL, SHORT, FEW = 13, 11, 4
IDLE = 4


def start(stage, mode):
    stage.port = stage.redis()
    server = stage.spawn(stage.python("serve"), stdout=subprocess.PIPE, text=True)
    return stage.python(mode, stage.port, int(server.stdout.readline()))


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


def serve():
    """Says what it hears, and ends a connection that is idle for long."""
    def converse(client):
        with client, contextlib.suppress(OSError):
            client.settimeout(IDLE)
            while data := client.recv(64):
                client.sendall(data)

    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()


def burst(address):
    clients = [socket.create_connection(address) for _ in range(SHORT)]
    for client in clients:
        client.sendall(b"hello")
        assert client.recv(64) == b"hello"
    return clients


def target(mode, port=0, patient=0):
    if mode == "serve":
        serve()
    address = ("127.0.0.1", int(port))
    Target.ready()
    pool = [socket.create_connection(address) for _ in range(POOL)]
    # A connection counts when it is older than two seconds. They are used one after the other.
    for client in pool:
        client.sendall(b"PING\r\n")
        assert client.recv(64) == b"+PONG\r\n"
        time.sleep(0.18)
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
        for client in burst(("127.0.0.1", int(patient))):
            with client:
                assert client.recv(64) == b""
        pool += burst(("127.0.0.1", int(patient)))
    Target.done()
