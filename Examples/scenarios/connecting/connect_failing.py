# SPDX-License-Identifier: Apache-2.0
"""A client of a server that is down: 7 blocking and 11 non-blocking connects are refused; another walks through 13 ports.
The healthy one talks to a Redis server, tries ::1 in vain first as names like localhost make it, and asks for routes."""
import errno
import selectors
import socket
import time

from target import Target

RULE = "connect-failing"
BLOCKING, POLLED, PORTS = 7, 11, 13


def start(stage, mode):
    stage.port = stage.redis() if mode == "healthy" else stage.free_port()
    return stage.python(mode, stage.port)


def expect(mode, truth, stage):
    refused = BLOCKING + POLLED
    return [
        {"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": refused, "severity": "warning",
         "confidence": "certain", "numbers": {"refused": refused, "attempts": refused, "succeeded": 0},
         "text": [f"fd {truth['descriptor']}"]},
        {"rule": RULE, "subject": f"127.0.0.2, ports {truth['first']} to {truth['first'] + PORTS - 1}", "count": PORTS,
         "numbers": {"refused": PORTS, "ports": PORTS}},
    ]


def refused(address):
    with socket.socket() as client:
        assert client.connect_ex(address) == errno.ECONNREFUSED


def polled(address):
    """As event loops do. On the loopback device the answer comes before connect(2) returns."""
    with socket.socket() as client:
        client.setblocking(False)
        if client.connect_ex(address) == errno.EINPROGRESS:
            with selectors.DefaultSelector() as selector:
                selector.register(client, selectors.EVENT_WRITE)
                selector.select()
        return client.fileno()


def ports_without_listeners():
    """So many ports in a row of an address that nobody else uses."""
    for first in range(20011, 60000, PORTS):
        probes = [socket.socket() for _ in range(PORTS)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.2", first + offset))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise RuntimeError("no ports are free")


def target(mode, port):
    address = ("127.0.0.1", int(port))
    first = ports_without_listeners()
    Target.ready()
    if mode == "healthy":
        for _ in range(23):
            with socket.socket(socket.AF_INET6) as client:
                client.connect_ex(("::1", address[1]))
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
                client.connect_ex(("2001:db8::1", 53))
            with socket.create_connection(address) as client:
                client.sendall(b"PING\r\n")
                assert client.recv(64) == b"+PONG\r\n"
            polled(address)
        Target.done()
    # Growing waits: this is no storm.
    for attempt in range(BLOCKING):
        refused(address)
        time.sleep(0.01 * 1.7 ** attempt)
    for attempt in range(POLLED):
        descriptor = polled(address)
        time.sleep(0.01 * 1.3 ** attempt)
    for offset in range(PORTS):
        refused(("127.0.0.2", first + offset))
    Target.done(descriptor=descriptor, first=first)
