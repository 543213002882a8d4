# SPDX-License-Identifier: Apache-2.0
"""521 connections to a Redis server, each for one request and closed by this side first; and 11 connects to a host that drops
their SYN. The healthy one makes as many, and lets the server close first."""
import socket
import time

from network import FAR, Network
from target import Target

RULE = "time-wait-pileup"
CONNECTIONS, KEPT, SYNS, DEAD_PORT = 521, 3, 11, 7777


def start(stage, mode):
    stage.network = Network(stage)
    stage.far_redis(stage.network)
    stage.network.drop(f"tcp dport {DEAD_PORT}")
    return [*stage.network.near, *stage.python(mode)]


def expect(mode, truth, stage):
    assert truth["waiting"] == CONNECTIONS, truth
    return [
        {"rule": RULE, "subject": f"{FAR}:6379", "count": CONNECTIONS, "severity": "note", "confidence": "high",
         "numbers": {"sockets": CONNECTIONS, "open": KEPT}, "text": ["in TIME_WAIT"]},
        {"rule": RULE, "subject": f"{FAR}:{DEAD_PORT}", "count": SYNS, "severity": "warning", "confidence": "certain",
         "numbers": {"sockets": SYNS, "open": 0}, "text": ["in SYN_SENT"]},
    ]


def ask(client, request, answer):
    client.sendall(request)
    while answer:
        part = client.recv(64)
        assert answer.startswith(part) and part
        answer = answer[len(part):]


def time_waits():
    """State 06 in /proc/net/tcp: the kernel's own count."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        return sum(line.split()[3] == "06" for line in table)


def target(mode):
    address = (FAR, 6379)
    Target.ready()
    kept = [socket.create_connection(address) for _ in range(KEPT)]
    for _ in range(CONNECTIONS):
        with socket.create_connection(address) as client:
            ask(client, b"PING\r\n", b"+PONG\r\n")
            if mode == "healthy":
                ask(client, b"QUIT\r\n", b"+OK\r\n")
                assert client.recv(64) == b""
    connecting = []
    for _ in range(SYNS if mode == "failing" else 2):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((FAR, DEAD_PORT))
        connecting.append(client)
    for client in kept:
        ask(client, b"PING\r\n", b"+PONG\r\n")
    # The first SYN is sent again after a second.
    time.sleep(1.5)
    Target.done(waiting=time_waits(), connecting=len(connecting))
