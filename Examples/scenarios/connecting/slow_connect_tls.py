# SPDX-License-Identifier: Apache-2.0
"""Five TLS connections to a server that takes 0.9 s before it shakes hands. The healthy one shakes hands at once."""
import socket
import ssl
import subprocess
import threading
import time

import postgresql

RULE = "slow-connect"
DELAY = 0.9


def start(stage, mode):
    certificate, key = stage.folder / "certificate.pem", stage.folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=scenario", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = stage.spawn(stage.python("serve", certificate, key, DELAY if mode == "failing" else 0), stdout=subprocess.PIPE, text=True)
    stage.port = server.stdout.readline().strip()
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{stage.port}"]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{stage.port}", "count": truth["handshakes"], "severity": "warning",
             "confidence": "high", "text": ["TLS handshakes took 800 ms or longer"],
             "numbers": {"tls_slow": truth["handshakes"], "tls_longest_ns": (DELAY * 1e9, truth["longest"])}}]


def serve(certificate, key, delay):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)

    def converse(client):
        time.sleep(float(delay))
        with context.wrap_socket(client, server_side=True) as secure:
            secure.sendall(b"hello")
            secure.recv(64)

    while True:
        threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()


def target(mode, *arguments):
    serve(*arguments)
