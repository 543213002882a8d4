# SPDX-License-Identifier: Apache-2.0
"""5 connections to a Redis server on a host that drops everything without a word while requests are under way. The healthy
one meets the same for as long as one retransmit takes; then the answers come."""
import signal
import socket
import struct
import time

from network import FAR, Network
from target import Target

RULE = "half-open"
CONNECTIONS, REQUEST = 5, b"PING\r\n"


def start(stage, mode):
    stage.network = Network(stage)
    stage.far_redis(stage.network)
    return [*stage.network.near, *stage.python(mode)]


def meanwhile(stage, mode, await_line):
    await_line("connected")
    stage.network.drop()
    stage.target.send_signal(signal.SIGUSR1)
    if mode == "healthy":
        await_line("sent again")
        stage.network.heal()
        stage.target.send_signal(signal.SIGUSR1)


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"{FAR}:6379", "count": CONNECTIONS, "severity": "warning",
             "numbers": {"still_open": CONNECTIONS, "unacknowledged_bytes": CONNECTIONS * len(REQUEST), "timeouts": (3, 15)},
             "text": [f"(fd {', '.join(map(str, truth['descriptors']))})"]}]


def retransmits(client):
    """tcpi_total_retrans: 4 bytes at 100 of struct tcp_info."""
    return struct.unpack_from("I", client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 100)[0]


def target(mode):
    Target.ready()
    clients = [socket.create_connection((FAR, 6379)) for _ in range(CONNECTIONS)]
    # So many that a few retransmits are no share of them.
    for client in clients * (503 if mode == "healthy" else 1):
        client.sendall(REQUEST)
        assert client.recv(64) == b"+PONG\r\n"
    Target.meet("connected")
    for client in clients:
        client.sendall(REQUEST)
    # The first may be a loss probe, which is no timeout.
    while any(retransmits(client) < (5 if mode == "failing" else 1) for client in clients):
        time.sleep(0.02)
    if mode == "healthy":
        Target.meet("sent again")
        for client in clients:
            assert client.recv(64) == b"+PONG\r\n"
    Target.done(descriptors=[client.fileno() for client in clients])
