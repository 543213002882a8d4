# SPDX-License-Identifier: Apache-2.0
"""A client that gives up after 100 ms: 5 answers lie unread when it closes, 7 come just after. The healthy one reads its
answers, and says farewell without waiting for one."""
import array
import contextlib
import fcntl
import socket
import subprocess
import termios
import time

from target import Target

RULE = "premature-timeout"
UNREAD, LATE, WAIT = 5, 7, 0.1
# The server answers as soon as it sees the close; a busy machine may take its time for that.
OPTIONS = ["--threshold", "premature-timeout.late=2s"]


def start(stage, mode):
    server = stage.spawn(stage.python("serve"), stdout=subprocess.PIPE, text=True)
    stage.port = int(server.stdout.readline())
    return stage.python(mode, stage.port)


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": UNREAD + LATE, "severity": "warning",
             "numbers": {"unread": UNREAD, "late": LATE, "shortest_wait_ns": (WAIT * 1e9, 60e9)},
             "text": [f"the last one was on fd {truth['descriptor']}"]}]


def serve():
    """Answers "now" at once, and "late" when the client has closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client = listener.accept()[0]
            # A client that leaves its answer unread resets the connection.
            with client, contextlib.suppress(ConnectionError):
                request = client.recv(64)
                if request == b"late" and client.recv(64) == b"":
                    client.sendall(b"answer")
                elif request == b"now":
                    client.sendall(b"answer")
                    client.recv(64)


def unread(client):
    count = array.array("i", [0])
    fcntl.ioctl(client.fileno(), termios.FIONREAD, count)
    return count[0]


def target(mode, port=0):
    if mode == "serve":
        serve()
    address = ("127.0.0.1", int(port))
    Target.ready()
    if mode == "healthy":
        for _ in range(23):
            with socket.create_connection(address) as client:
                client.sendall(b"now")
                assert client.recv(64) == b"answer"
            with socket.create_connection(address) as client:
                client.sendall(b"late")
        Target.done()
    for request in [b"now"] * UNREAD + [b"late"] * LATE:
        with socket.create_connection(address) as client:
            client.sendall(request)
            time.sleep(WAIT)
            while request == b"now" and not unread(client):
                time.sleep(0.01)
            descriptor = client.fileno()
    Target.done(descriptor=descriptor)
