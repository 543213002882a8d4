# SPDX-License-Identifier: Apache-2.0
"""29 connections to a Redis server on a host that drops a SYN now and then, so that the kernel sends it again after a second.
On the healthy way one is lost."""
import socket
import time

from network import FAR, Network
from target import Target

RULE = "slow-connect"
CONNECTIONS = 29


def start(stage, mode):
    stage.network = Network(stage)
    stage.far_redis(stage.network)
    # Those sent again count, too.
    every = 5 if mode == "failing" else 64
    stage.network.drop(f"tcp dport 6379 tcp flags & (syn | ack) == syn numgen inc mod {every} == 2")
    return [*stage.network.near, *stage.python(mode)]


def expect(mode, truth, stage):
    assert truth["slow"] >= 5, truth
    return [{"rule": RULE, "subject": f"{FAR}:6379", "count": truth["slow"], "severity": "warning", "confidence": "certain",
             "numbers": {"connects": CONNECTIONS, "slow": truth["slow"], "longest_ns": (0.95e9, truth["longest"] * 1e9)}}]


def target(mode):
    Target.ready()
    # A SYN is sent again after a second, and so often the recorder is at work in the kernel, which may then skip a probe
    # of what its processor does in an interrupt: not both at one time.
    time.sleep(0.4)
    times = []
    for _ in range(CONNECTIONS):
        begin = time.monotonic()
        with socket.create_connection((FAR, 6379)) as client:
            times.append(time.monotonic() - begin)
            client.sendall(b"PING\r\n")
            assert client.recv(64) == b"+PONG\r\n"
    Target.done(slow=sum(length >= 0.5 for length in times), longest=max(times))
