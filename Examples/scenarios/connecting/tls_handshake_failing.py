# SPDX-License-Identifier: Apache-2.0
"""A client of three servers: 5 handshakes with one whose certificate it does not trust, 7 with one that ends the connection,
and 3 with one that never answers. The healthy one trusts the first, and speaks no TLS with the last."""
import contextlib
import socket
import ssl
import subprocess
import threading

import postgresql

RULE = "tls-handshake-failing"


def start(stage, mode):
    stage.certificate, key = stage.folder / "certificate.pem", stage.folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=scenario", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", stage.certificate],
                   check=True, capture_output=True)
    server = stage.spawn(stage.python("serve", stage.certificate, key), stdout=subprocess.PIPE, text=True)
    stage.ports = server.stdout.readline().split()
    return [postgresql.program(), stage.name, mode, ",".join(stage.ports), stage.certificate]


def expect(mode, truth, stage):
    def finding(index, count, text, **numbers):
        return {"rule": RULE, "subject": f"127.0.0.1:{stage.ports[index]}", "count": count, "severity": "warning",
                "confidence": "certain", "numbers": {"handshakes": count, "failed": count, "closed_without_reply": 0, **numbers}, "text": text}
    return [finding(0, truth["untrusted"], ["x509.UnknownAuthorityError 5", "rejects the certificate"]),
            finding(1, truth["ended"], ["ends or delays"]),
            finding(2, truth["unheard"], ["ends or delays"], longest_ns=(25e7, 60e9))]


def converse(client, kind, context):
    # A client that does not trust the certificate leaves.
    with client, contextlib.suppress(OSError):
        if kind == "tls":
            with context.wrap_socket(client, server_side=True) as secure:
                secure.sendall(b"hello")
                secure.recv(64)
        elif kind == "ends":
            client.recv(4096)
        else:
            while client.recv(4096):
                pass


def serve(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listeners = {kind: socket.create_server(("127.0.0.1", 0), backlog=64) for kind in ("tls", "ends", "silent")}
    print(*(listener.getsockname()[1] for listener in listeners.values()), flush=True)

    def accept(kind):
        while True:
            threading.Thread(target=converse, args=(listeners[kind].accept()[0], kind, context), daemon=True).start()

    threads = [threading.Thread(target=accept, args=(kind,)) for kind in listeners]
    for thread in threads:
        thread.start()


def target(mode, *arguments):
    serve(*arguments)
