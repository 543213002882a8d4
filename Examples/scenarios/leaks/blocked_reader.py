# SPDX-License-Identifier: Apache-2.0
"""A Go program that connects to a peer which accepts and never speaks, 7 times, and reads without a deadline. The healthy one
has deadlines, and idle connections to a web server, which net/http reads without one."""
import http.server
import socket
import subprocess
import threading
import time

import postgresql

RULE = "blocked-reader"
RECORD = ["--deadlines"]
READERS = 7
# Connections 0.4 s apart, and 1.5 s for the last ones: the first four are old enough, and begin more than 1 s apart.
OPTIONS = ["--threshold", "blocked-reader.age=1s"]
AFTER = 2.5


def start(stage, mode):
    server = stage.spawn(stage.python("serve"), stdout=subprocess.PIPE, text=True)
    stage.mute, web = server.stdout.readline().split()
    return [postgresql.program(), stage.name, mode, f"{stage.mute} {web}"]


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": stage.mute, "count": READERS, "severity": "warning", "confidence": "high",
             "numbers": {"reads": READERS, "asked": READERS, "shortest_ns": (1e9, 60e9)}, "text": ["main.listenTo"]}]


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        # All five are asked for at one time, so that each needs a connection.
        time.sleep(2.5)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def target(mode):
    assert mode == "serve"
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"127.0.0.1:{listener.getsockname()[1]} 127.0.0.1:{web.server_address[1]}", flush=True)
        while True:
            kept.append(listener.accept()[0])
