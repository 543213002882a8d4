# SPDX-License-Identifier: Apache-2.0
"""A Redis server that is stopped for 1.7 s, three times, while 5 connections ask it without pause: its kernel acknowledges, and
nobody is answered. In the healthy run nothing stops: some wait for a push, some block in BLPOP on the same server, and
another server takes 0.3 s for each answer."""
import contextlib
import functools
import signal
import socket
import subprocess
import threading
import time

from target import Target

RULE = "silent-stall"
CONNECTIONS, STALLS, PAUSE = 5, 3, 1.7
SLOW_CLIENTS, SLOW_TRIPS, SLOW = 10, 12, 0.3


def start(stage, mode):
    stage.port = stage.redis()
    slow = stage.spawn(stage.python("serve"), stdout=subprocess.PIPE, text=True)
    return stage.python(mode, stage.port, slow.stdout.readline().strip())


def meanwhile(stage, mode, await_line):
    await_line("working")
    time.sleep(1)
    for _ in range(STALLS):
        if mode == "failing":
            stage.server.send_signal(signal.SIGSTOP)
        # Longer than a census is away: one of them falls into it.
        time.sleep(PAUSE)
        stage.server.send_signal(signal.SIGCONT)
        time.sleep(2)
    stage.target.send_signal(signal.SIGUSR1)


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": STALLS, "severity": "warning", "confidence": "high",
             "numbers": {"connections": CONNECTIONS, "requests": STALLS * CONNECTIONS,
                         "acknowledged": STALLS * CONNECTIONS, "longest_ns": ((PAUSE - 0.2) * 1e9, 60e9),
                         "round_trips": (100, truth["trips"])}}]


def answer(client):
    """Each request after 0.3 s."""
    with client, contextlib.suppress(ConnectionError):
        while client.recv(64):
            time.sleep(SLOW)
            client.sendall(b"answer")


def serve():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=answer, args=listener.accept()[:1], daemon=True).start()


def target(mode, port=0, slow=0):
    if mode == "serve":
        serve()
    Target.ready()
    is_over, trips = threading.Event(), []

    def ask(client, request):
        client.sendall(request)
        return client.recv(256)

    def work(request, reply):
        with socket.create_connection(("127.0.0.1", int(port))) as client:
            count = 0
            while not is_over.is_set():
                assert ask(client, request).startswith(reply)
                count += 1
                time.sleep(0.002)
            trips.append(count)

    def take(key):
        with socket.create_connection(("127.0.0.1", int(port))) as client:
            while not is_over.is_set():
                assert ask(client, b"BLPOP %s 1\r\n" % key).startswith(b"*-1")

    def plod():
        with socket.create_connection(("127.0.0.1", int(slow))) as client:
            for _ in range(SLOW_TRIPS):
                assert ask(client, b"question") == b"answer"

    def listen():
        with socket.create_connection(("127.0.0.1", int(port))) as client:
            assert ask(client, b"SUBSCRIBE news\r\n").startswith(b"*3")
            client.recv(64)

    kinds = [(b"PING\r\n", b"+PONG"), (b"ECHO 0123456789abcdef\r\n", b"$16")]
    works = [functools.partial(work, *kinds[number % 2]) for number in range(CONNECTIONS)]
    if mode == "healthy":
        works += [lambda: take(b"letters"), lambda: take(b"orders"), *[plod] * SLOW_CLIENTS]
        threading.Thread(target=listen, daemon=True).start()
    threads = [threading.Thread(target=one) for one in works]
    for thread in threads:
        thread.start()
    Target.meet("working")
    is_over.set()
    for thread in threads:
        thread.join()
    Target.done(trips=sum(trips))
