# SPDX-License-Identifier: Apache-2.0
"""7 connections to a Redis server behind a firewall that forgets them while they are idle, and resets what comes next. They
survive a silence of 1.1 s and die in one of twice that. In the healthy run nothing is forgotten."""
import json
import signal
import socket
import time

from network import FAR, Network
from target import Target

RULE = "idle-killed"
CONNECTIONS, SHORT, LONG = 7, 1.1, 2.5
# Longer than they live: it does not help.
KEEP_IDLE = 41


def start(stage, mode):
    stage.network = Network(stage)
    stage.far_redis(stage.network)
    return [*stage.network.near, *stage.python(mode)]


def meanwhile(stage, mode, await_line):
    await_line("idle")
    if mode == "failing":
        stage.network.reject("tcp dport 6379")
    stage.target.send_signal(signal.SIGUSR1)


def expect(mode, truth, stage):
    advice = next(entry for entry in json.loads((stage.folder / "report.json").read_text())["advice"]
                  if entry["advice"] == "keepalive-setting")
    assert advice["subject"] == f"{FAR}:6379" and LONG / 2 * 1e9 <= advice["numbers"]["maximum_idle_ns"] < LONG * 1e9, advice
    assert advice["numbers"]["keepalive_on"] == CONNECTIONS and f"after {KEEP_IDLE} s" in advice["text"], advice
    return [{"rule": RULE, "subject": f"{FAR}:6379", "count": CONNECTIONS, "severity": "warning", "confidence": "high",
             "numbers": {"failed": CONNECTIONS, "reset": CONNECTIONS, "survived": CONNECTIONS,
                         "longest_survived_ns": (SHORT * 1e9, LONG * 1e9), "shortest_failed_ns": (LONG * 1e9, 60e9)},
             "text": [f"fd {truth['descriptor']} failed last"]}]


def ask(client):
    client.sendall(b"PING\r\n")
    return client.recv(64)


def target(mode):
    Target.ready()
    clients = [socket.create_connection((FAR, 6379)) for _ in range(CONNECTIONS)]
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEP_IDLE)
    for pause in (0, SHORT):
        time.sleep(pause)
        for client in clients:
            assert ask(client) == b"+PONG\r\n"
    time.sleep(LONG)
    Target.meet("idle")
    for client in clients:
        try:
            assert ask(client) == b"+PONG\r\n" and mode == "healthy"
        except ConnectionResetError:
            assert mode == "failing"
    Target.done(descriptor=clients[-1].fileno())
