# SPDX-License-Identifier: Apache-2.0
"""A client that opens a connection for each of 23 requests to a Redis server, and a datagram socket for each of 11 of
them, and closes none. The healthy one closes each, has a pool of 5 connections and grows it to 11 while it uses all."""
import socket
import time

from target import Target

RULE = "socket-leak"
CONNECTIONS, DATAGRAMS, POOL = 23, 11, 11
OPTIONS = ["--threshold", "socket-leak.idle=500ms"]


def start(stage, mode):
    stage.port = stage.redis()
    return stage.python(mode, stage.port)


def expect(mode, truth, stage):
    return [
        {"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": CONNECTIONS, "severity": "critical",
         "numbers": {"forgotten": CONNECTIONS, "descriptor_limit": truth["limit"]},
         "text": [f"fd {truth['connections'][0]}, "]},
        {"rule": RULE, "count": DATAGRAMS, "numbers": {"forgotten": DATAGRAMS}, "text": [f"fd {truth['datagrams'][0]}, "]},
    ]


def ask(client):
    client.sendall(b"PING\r\n")
    assert client.recv(64) == b"+PONG\r\n"


def target(mode, port):
    import resource
    # At this rate the rest lasts for minutes.
    resource.setrlimit(resource.RLIMIT_NOFILE, (1021, 1021))
    address = ("127.0.0.1", int(port))
    pool = [socket.create_connection(address) for _ in range(5)] if mode == "healthy" else []
    connections, datagrams = [], []
    Target.ready()
    for number in range(CONNECTIONS):
        client = socket.create_connection(address)
        ask(client)
        asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if number % 2 else None
        if mode == "healthy":
            client.close()
            if asker:
                asker.close()
            if number % 4 == 3 and len(pool) < POOL:
                pool.append(socket.create_connection(address))
        else:
            connections.append(client)
            if asker:
                datagrams.append(asker)
        for pooled in pool:
            ask(pooled)
        time.sleep(0.15)
    Target.done(connections=[client.fileno() for client in connections], limit=1021,
                datagrams=[asker.fileno() for asker in datagrams])
