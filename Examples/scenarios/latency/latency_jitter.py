# SPDX-License-Identifier: Apache-2.0
"""1013 like requests to a server that answers 17 of them, now and then, 120 ms late. The healthy one asks three servers: one
is slow, but evenly; one is late, but not by much; one is late while it is cold."""
import socket
import subprocess
import time

from target import Target

RULE = "latency-jitter"
REQUESTS, LATE, DELAY = 1013, 17, 0.12
# A request's number says when it comes; this many lie between two late ones.
EVERY = REQUESTS // LATE


def start(stage, mode):
    servers = ["late"] if mode == "failing" else ["even", "little", "cold"]
    stage.ports = []
    for kind in servers:
        server = stage.spawn(stage.python("serve", kind), stdout=subprocess.PIPE, text=True)
        stage.ports.append(int(server.stdout.readline()))
    return stage.python(mode, *stage.ports)


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.ports[0]}", "count": LATE, "severity": "warning", "confidence": "unproven",
             "numbers": {"requests": REQUESTS, "late": LATE, "late_silent": LATE, "late_resent": 0, "unread": 0,
                         "longest_ns": (DELAY * 1e9, truth["longest"] + 1e7), "p50_ns": (1e4, 1e7)},
             "text": ["the peer was slow"]}]


def serve(kind):
    delays = {
        "late": lambda number: DELAY if number % EVERY == EVERY // 2 and number < EVERY * LATE else 0,
        "even": lambda number: 0.06 + number % 5 / 1000,
        "little": lambda number: 0.015 if number % EVERY == EVERY // 2 else 0,
        "cold": lambda number: DELAY if number < LATE else 0,
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        client = listener.accept()[0]
        number = 0
        while client.recv(64):
            time.sleep(delays[kind](number))
            number += 1
            client.sendall(b"+PONG\r\n")


def ask(port, count, pause):
    """Returns how long each answer took, in seconds."""
    times = []
    with socket.create_connection(("127.0.0.1", int(port))) as client:
        for _ in range(count):
            begin = time.monotonic()
            client.sendall(b"PING\r\n")
            assert client.recv(64) == b"+PONG\r\n"
            times.append(time.monotonic() - begin)
            time.sleep(pause)
    return times


def target(mode, *ports):
    if mode == "serve":
        return serve(*ports)
    Target.ready()
    if mode == "failing":
        times = ask(ports[0], REQUESTS, 0.002)
        Target.done(longest=max(times) * 1e9)
    even, little, cold = ports
    ask(even, 113, 0)
    ask(little, REQUESTS, 0.001)
    ask(cold, REQUESTS, 0.02)
    Target.done()
