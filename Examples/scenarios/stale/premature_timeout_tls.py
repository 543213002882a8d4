# SPDX-License-Identifier: Apache-2.0
"""A Go program that gives up requests to an HTTPS server after 100 ms, 7 times, each with the alert that ends its TLS session
right before the close; the answer comes just after. The healthy one waits, and says the same farewell when it is done."""
import contextlib
import select
import socket
import ssl
import subprocess
import threading

import postgresql

RULE = "premature-timeout"
# The server answers as soon as it sees the close, or after 300 ms; a busy machine may take its time for that.
OPTIONS = ["--threshold", "premature-timeout.late=2s"]
# Once the FIN is acknowledged, an answer meets a socket in TIME_WAIT, which makes no record.
SEEN = (3, 7)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def start(stage, mode):
    certificate, key = stage.folder / "certificate.pem", stage.folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=scenario", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    server = stage.spawn(stage.python("serve", certificate, key), stdout=subprocess.PIPE, text=True)
    stage.port = int(server.stdout.readline())
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{stage.port}", certificate]


def expect(mode, truth, stage):
    assert truth["failed"] == 7, truth
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": SEEN, "severity": "warning",
             "numbers": {"unread": 0, "late": SEEN, "shortest_wait_ns": (5e7, 60e9)}}]


def converse(client, context):
    with contextlib.suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
        while request := secure.recv(4096):
            if request.startswith(b"GET /late"):
                closed = select.poll()
                closed.register(secure, select.POLLRDHUP)
                closed.poll(300)
            secure.sendall(ANSWER)
        secure.unwrap()


def target(mode, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=converse, args=(listener.accept()[0], context), daemon=True).start()
