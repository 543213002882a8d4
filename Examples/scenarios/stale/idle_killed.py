# SPDX-License-Identifier: Apache-2.0
"""7 connections to a Redis server behind a firewall that forgets them while they are idle, and resets what comes next. They
survive a silence of 1.1 s and die in one of twice that; another is in use all the time, and lives on. In the healthy run
nothing is forgotten."""
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
    ports = await_line("idle").split()[1:]
    if mode == "failing":
        stage.network.reject(f"tcp dport 6379 tcp sport {{ {', '.join(ports)} }}")
    stage.target.send_signal(signal.SIGUSR1)


def expect(mode, truth, stage):
    advice = next(entry for entry in json.loads((stage.folder / "report.json").read_text())["advice"]
                  if entry["advice"] == "keepalive-setting")
    assert advice["subject"] == f"{FAR}:6379" and LONG / 2 * 1e9 <= advice["numbers"]["maximum_idle_ns"] < LONG * 1e9, advice
    assert advice["numbers"]["keepalive_on"] == CONNECTIONS and f"after {KEEP_IDLE} s" in advice["text"], advice
    return [{"rule": RULE, "subject": f"{FAR}:6379", "count": CONNECTIONS, "severity": "warning", "confidence": "high",
             "numbers": {"failed": CONNECTIONS, "reset": CONNECTIONS, "survived": CONNECTIONS,
                         "moments": 1, "outlived": 1, "longest_survived_ns": (SHORT * 1e9, LONG * 1e9), "shortest_failed_ns": (LONG * 1e9, 60e9)},
             "text": [f"fd {truth['descriptor']} failed last"]}]


def ask(client):
    client.sendall(b"PING\r\n")
    return client.recv(64)


def rest(seconds, used):
    """Time passes, in which one connection is in use."""
    end = time.monotonic() + seconds
    while True:
        assert ask(used) == b"+PONG\r\n"
        if (left := end - time.monotonic()) <= 0:
            return
        time.sleep(min(0.2, left))


def target(mode):
    Target.ready()
    used = socket.create_connection((FAR, 6379))
    clients = [socket.create_connection((FAR, 6379)) for _ in range(CONNECTIONS)]
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEP_IDLE)
    for pause in (0, SHORT):
        rest(pause, used)
        for client in clients:
            assert ask(client) == b"+PONG\r\n"
    rest(LONG, used)
    Target.meet("idle " + " ".join(str(client.getsockname()[1]) for client in clients))
    for client in clients:
        try:
            assert ask(client) == b"+PONG\r\n" and mode == "healthy"
        except ConnectionResetError:
            assert mode == "failing"
    rest(0, used)
    Target.done(descriptor=clients[-1].fileno())
