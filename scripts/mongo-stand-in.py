#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speaks as much of MongoDB's wire protocol as a driver needs to connect and to ping: Debian has no MongoDB server.

usage: mongo-stand-in.py      prints "ready HOST:PORT" and serves until it is killed

It answers `hello` (as an OP_QUERY or an OP_MSG) as a single server, and every other command with {ok: 1}. See the
specifications "Message Format", "OP_MSG" and "BSON" of MongoDB.
"""
import itertools
import socketserver
import struct

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
numbers = itertools.count(1)


def document(fields):
    """BSON of a flat document of booleans, 32-bit integers, floats and strings."""
    body = b""
    for name, value in fields.items():
        key = name.encode() + b"\0"
        if isinstance(value, bool):
            body += b"\x08" + key + bytes([value])
        elif isinstance(value, int):
            body += b"\x10" + key + struct.pack("<i", value)
        elif isinstance(value, float):
            body += b"\x01" + key + struct.pack("<d", value)
        else:
            text = value.encode() + b"\0"
            body += b"\x02" + key + struct.pack("<i", len(text)) + text
    return struct.pack("<i", len(body) + 5) + body + b"\0"


HELLO = {"helloOk": True, "ismaster": True, "isWritablePrimary": True, "maxBsonObjectSize": 16777216,
         "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000, "minWireVersion": 0, "maxWireVersion": 17,
         "readOnly": False, "ok": 1.0}


def command(document_bytes):
    """The name of a document's first field."""
    return document_bytes[5:document_bytes.index(b"\0", 5)].decode().lower()


def answer(name):
    return document(HELLO if name in ("hello", "ismaster") else {"ok": 1.0})


class Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        while header := self.rfile.read(16):
            length, request, _, code = struct.unpack("<iiii", header)
            body = self.rfile.read(length - 16)
            if code == OP_QUERY:
                after_name = body.index(b"\0", 4) + 1
                reply = struct.pack("<iqii", 0, 0, 0, 1) + answer(command(body[after_name + 8:]))
                self.send(OP_REPLY, request, reply)
            elif code == OP_MSG:
                self.send(OP_MSG, request, struct.pack("<iB", 0, 0) + answer(command(body[5:])))
            else:
                return

    def send(self, code, request, body):
        self.wfile.write(struct.pack("<iiii", len(body) + 16, next(numbers), request, code) + body)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


with Server(("127.0.0.1", 0), Session) as server:
    host, port = server.server_address
    print(f"ready {host}:{port}", flush=True)
    server.serve_forever()
