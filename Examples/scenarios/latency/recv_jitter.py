# SPDX-License-Identifier: Apache-2.0
"""A sender of a datagram each 20 ms, whose pace becomes uneven after 151 of them. The healthy program receives one that stays
even, one by TCP that comes in bursts from the start, and answers to requests that it makes at an uneven pace."""
import contextlib
import itertools
import socket
import subprocess
import time

from target import Target

RULE = "recv-jitter"
PACE, EVEN, UNEVEN = 0.02, 151, 199
PATTERN = (0.055, 0.002, 0.003, 0.043, 0.011, 0.047, 0.002)


def start(stage, mode):
    stage.port = stage.free_port(socket.SOCK_DGRAM)
    server = stage.spawn(stage.python("serve", mode, stage.port), stdout=subprocess.PIPE, text=True)
    return stage.python(mode, stage.port, int(server.stdout.readline()))


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": (UNEVEN * 2 // 3, UNEVEN), "severity": "warning",
             "numbers": {"gaps": (UNEVEN, EVEN + UNEVEN - 50), "usual_gap_ns": (PACE * 0.95e9, PACE * 1.1e9),
                         "usual_jitter_ns": (0, 3e6), "jitter_ns": (14e6, 40e6), "deviation_ns": (18e6, 60e6), "drops": 0},
             "text": [f"(fd {truth['descriptor']})"]}]


def pace(send, pauses):
    """Sends by the clock: what one pause is too long the next is shorter."""
    due = time.monotonic()
    for pause in pauses:
        due += pause
        time.sleep(max(0, due - time.monotonic()))
        send(b"x" * 160)


def serve(mode, port):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        client = listener.accept()[0]
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.connect(("127.0.0.1", int(port)))
        client.recv(64)
        if mode == "failing":
            pace(sender.send, [PACE] * EVEN + list(itertools.islice(itertools.cycle(PATTERN), UNEVEN)))
        else:
            pace(sender.send, [PACE] * (EVEN + UNEVEN))
            client.sendall(b"x")
            pace(client.sendall, ([0.004] * 6 + [0.096]) * 20)
            with contextlib.suppress(ConnectionError):
                while client.recv(64):
                    client.sendall(b"answer")
        client.recv(64)


def target(mode, *arguments):
    if mode == "serve":
        return serve(*arguments)
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", int(arguments[0])))
    server = socket.create_connection(("127.0.0.1", int(arguments[1])))
    Target.ready()
    server.sendall(b"begin")
    for _ in range(EVEN + UNEVEN):
        receiver.recv(2048)
    if mode == "healthy":
        received = len(server.recv(1))
        while received < 1 + 7 * 20 * 160:
            received += len(server.recv(4096))
        for number in range(150):
            server.sendall(b"request")
            assert server.recv(64) == b"answer"
            time.sleep(0.02 if number < 75 else PATTERN[number % 7])
    Target.done(descriptor=receiver.fileno())
