# SPDX-License-Identifier: Apache-2.0
"""A client that polls by UDP as SNMP does, 61 values from a server which drops every third datagram: it waits for 150 ms and asks
again. In the healthy run the server drops one of them; it takes notes without answering from the same sockets, and a metrics
sender sends to where nobody ever answers."""
import socket
import subprocess
import time

from target import Target

RULE = "udp-timeout"
POLLS, DROPPED, PATIENCE, NOTES = 61, 3, 0.15, 23


def start(stage, mode):
    server = stage.spawn(stage.python("serve", mode), stdout=subprocess.PIPE, text=True)
    stage.port = server.stdout.readline().strip()
    return stage.python(mode, stage.port)


def expect(mode, truth, stage):
    timeouts = truth["timeouts"]
    assert timeouts >= POLLS * 0.4
    # Until three of a size were answered, it is not known that they ask for something.
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": (timeouts - 2, timeouts), "severity": "warning",
             "confidence": "high", "numbers": {"repeated": (timeouts - 2, timeouts), "wait_p50_ns": (PATIENCE * 1e9, 60e9)},
             "text": [f"the last one was on fd {truth['descriptor']}"]}]


def serve(mode):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        count = 0
        while True:
            request, client = server.recvfrom(256)
            if request.startswith(b"note"):
                continue
            count += 1
            if (count % DROPPED if mode == "failing" else count != 13):
                server.sendto(b"value", client)


def target(mode, port=0):
    if mode == "serve":
        serve(port)
    clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    metrics = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    nobody = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    nobody.bind(("127.0.0.1", 0))
    Target.ready()
    server = ("127.0.0.1", int(port))
    # The other one says with each datagram where it goes.
    clients[0].connect(server)
    for client in clients:
        client.settimeout(PATIENCE)
    metrics.connect(nobody.getsockname())
    timeouts = descriptor = 0
    for number in range(POLLS):
        client = clients[number % 2]
        while True:
            request = b"value of the octets that came in"
            client.sendto(request, server) if number % 2 else client.send(request)
            try:
                client.recv(256)
                break
            except TimeoutError:
                timeouts, descriptor = timeouts + 1, client.fileno()
    for _ in range(NOTES if mode == "healthy" else 0):
        clients[0].send(b"note: all is well")
        metrics.send(b"requests:1|c")
        time.sleep(0.11)
    Target.done(timeouts=timeouts, descriptor=descriptor)
