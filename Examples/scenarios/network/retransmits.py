# SPDX-License-Identifier: Apache-2.0
"""Pipelined requests to a Redis server over a way that loses 5 % of the packets at random. The healthy way loses none."""
import socket
import struct

from network import FAR, Network
from target import Target

RULE = "retransmits"
ROUNDS, PIPELINE, LOSS = 83, 13, 5


def start(stage, mode):
    stage.network = Network(stage)
    stage.far_redis(stage.network)
    if mode == "failing":
        stage.network.lose(LOSS)
    return [*stage.network.near, *stage.python(mode)]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"{FAR}:6379", "count": truth["resent"], "severity": "warning", "confidence": "certain",
             "numbers": {"resent": truth["resent"], "segments": truth["segments"]}}]


def target(mode):
    Target.ready()
    client = socket.create_connection((FAR, 6379))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(ROUNDS):
        for _ in range(PIPELINE):
            client.sendall(b"PING\r\n")
        missing = PIPELINE * len(b"+PONG\r\n")
        while missing:
            missing -= len(client.recv(missing))
    # struct tcp_info: tcpi_total_retrans at 100, tcpi_data_segs_out at 156.
    info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    Target.done(resent=struct.unpack_from("I", info, 100)[0], segments=struct.unpack_from("I", info, 156)[0])
