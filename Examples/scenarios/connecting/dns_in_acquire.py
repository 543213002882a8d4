# SPDX-License-Identifier: Apache-2.0
"""7 leases that dial a Redis server by a name for which the resolver takes 120 ms, and 2 of a name that it never answers for.
The healthy one's resolver answers at once."""
import socket
import struct
import subprocess
import time

import postgresql

RULE = "dns-in-acquire"
DELAY = 0.12


def start(stage, mode):
    resolver = stage.spawn(stage.python("serve", DELAY if mode == "failing" else 0), stdout=subprocess.PIPE, text=True)
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{stage.redis()}",
            f"127.0.0.1:{resolver.stdout.readline().strip()}"]


def expect(mode, truth, stage):
    slow = {"rule": RULE, "subject": "redigo #1", "count": truth["dialled"], "severity": "warning", "confidence": "certain",
            "numbers": {"acquires": truth["dialled"], "lookups": truth["dialled"], "slow": truth["dialled"], "timed_out": 0,
                        "lookup_share": (0.5, 1), "longest_ns": (DELAY * 1e9, 60e9)},
            "text": ["of cache.example., took"]}
    lost = {"rule": RULE, "subject": "redigo #2", "count": truth["lost"], "severity": "warning",
            "numbers": {"slow": truth["lost"], "timed_out": truth["lost"], "longest_ns": (12e8, 60e9)},
            "text": ["of lost.example., took"]}
    return [slow, lost]


def serve(delay):
    """A name server: each name is 127.0.0.1, but for those that begin with "lost"."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        query, client = server.recvfrom(512)
        # RFC 1035, section 4.1: a header of 12 bytes, then the name in parts that begin with their lengths.
        end = query.index(b"\0", 12) + 5
        if query[13:17] == b"lost":
            continue
        time.sleep(float(delay))
        is_address = struct.unpack_from(">H", query, end - 4)[0] == 1
        answer = b"\xc0\x0c" + struct.pack(">HHIH4s", 1, 1, 60, 4, bytes((127, 0, 0, 1))) if is_address else b""
        server.sendto(query[:2] + struct.pack(">HHHHH", 0x8180, 1, int(is_address), 0, 0) + query[12:end] + answer, client)


def target(mode, *arguments):
    serve(*arguments)
