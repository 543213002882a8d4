# SPDX-License-Identifier: Apache-2.0
"""A client keeps 13 idle connections by TLS to nginx, whose certificate is replaced by one of an authority that the client does
not know: nginx ends them all, and no handshake succeeds any more. The healthy one knows the authority, and each of its
connections is at work on an answer: nginx ends it when that is done."""
import os
import signal
import subprocess

import postgresql
from stage import await_true

RULE = "mass-invalidation"
POOL, RATE = 13, 4096
# Thirteen answers that come side by side on a busy machine: some wait for their reader.
OPTIONS = ["--threshold", "receive-backlog.dwell=500ms"]
CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_timeout 600s;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        root {folder};
        limit_rate {rate};
    }}
}}
"""


def authority(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
            f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")


def certify(folder, name):
    """A new certificate of nginx, in place of the present one."""
    request, names = folder / "request.pem", folder / "names"
    names.write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=nginx",
            "-keyout", folder / "key.pem", "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", folder / f"{name}.pem", "-CAkey", folder / f"{name}.key", "-days", "2",
            "-set_serial", str(int.from_bytes(os.urandom(8), "big")), "-extfile", names, "-out", folder / "certificate.pem")


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def start(stage, mode):
    stage.folder.chmod(0o755)
    stage.port = stage.free_port()
    for name in ("old", "new"):
        authority(stage.folder, name)
    certify(stage.folder, "old")
    # An answer takes a second for each 4 KiB. The idle connections have not all been silent for the same time.
    first, step = (2, 0.2) if mode == "failing" else (4, 1.2)
    for index in range(POOL):
        (stage.folder / f"page-{index}").write_bytes(b"x" * round(RATE * (first + step * index)))
    configuration = stage.folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=stage.folder, port=stage.port, rate=RATE))
    # nginx's workers outlive a master that is killed: they go with its process group.
    stage.server = stage.spawn(["nginx", "-c", configuration], stdout=subprocess.DEVNULL, start_new_session=True,
                               stderr=(stage.folder / "nginx.log").open("w"))
    stage.cleanups.append(lambda: os.killpg(stage.server.pid, signal.SIGKILL))
    stage.await_port(stage.port)
    return [postgresql.program(), stage.name, mode, f"https://127.0.0.1:{stage.port}", stage.folder / "old.pem"]


def meanwhile(stage, mode, await_line):
    await_line("connected")
    certify(stage.folder, "new" if mode == "failing" else "old")
    stage.server.send_signal(signal.SIGHUP)
    log = stage.folder / "nginx.log"
    await_true(lambda: "gracefully shutting down" in log.read_text(), "nginx")
    stage.target.send_signal(signal.SIGUSR1)


def expect(mode, truth, stage):
    endpoint = f"127.0.0.1:{stage.port}"
    return [
        {"rule": RULE, "subject": endpoint, "count": POOL, "severity": "warning", "confidence": "certain",
         "numbers": {"closed": POOL, "connections": POOL, "redials": truth["refused"]}},
        {"rule": "tls-handshake-failing", "subject": endpoint, "count": truth["refused"], "confidence": "certain",
         "numbers": {"handshakes": POOL + truth["refused"], "failed": truth["refused"]},
         "text": [f"x509.UnknownAuthorityError {truth['refused']}"]},
    ]
