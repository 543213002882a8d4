# SPDX-License-Identifier: Apache-2.0
"""Requests to a Redis server over a way that loses each 47th packet with data, so that some requests must be sent again.
The healthy way loses none."""
import socket
import struct
import time

from network import FAR, Network
from target import Target

RULE = "latency-jitter"
REQUESTS, EVERY = 509, 47


def start(stage, mode):
    stage.network = Network(stage)
    stage.far_redis(stage.network)
    if mode == "failing":
        # A segment without data is 52 bytes long.
        stage.network.drop(f"meta l4proto tcp meta length > 56 tcp dport 6379 tcp flags & syn == 0 numgen inc mod {EVERY} == 11")
    return [*stage.network.near, *stage.python(mode)]


def expect(mode, truth, stage):
    assert truth["resent"] >= 10, truth
    return [{"rule": RULE, "subject": f"{FAR}:6379", "count": truth["resent"], "severity": "warning", "confidence": "high",
             # A retransmit that falls together with the recorder's own work in the kernel may have no record.
             "numbers": {"requests": REQUESTS, "late_resent": (truth["resent"] - 1, truth["resent"]), "late_silent": (0, 1),
                         "longest_ns": (1e8, 2e9)},
             "text": ["the network", "the network path to"]}]


def target(mode):
    Target.ready()
    client = socket.create_connection((FAR, 6379))
    for _ in range(REQUESTS):
        client.sendall(b"PING\r\n")
        assert client.recv(64) == b"+PONG\r\n"
        time.sleep(0.002)
    # struct tcp_info: tcpi_total_retrans at 100.
    Target.done(resent=struct.unpack_from("I", client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 100)[0])
