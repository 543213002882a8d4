# SPDX-License-Identifier: Apache-2.0
"""A receiver with a small buffer that does not read while 101 datagrams come. The healthy one reads each of them."""
import os
import socket

from target import Target

RULE = "udp-drop"
DATAGRAMS = 101
# A census takes its time for so many: the socket must be known before the recorder says that it records.
OTHERS = 499


def start(stage, mode):
    return stage.python(mode)


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{truth['port']}", "count": truth["drops"], "severity": "warning",
             "numbers": {"drops": truth["drops"], "host_drops": 0, "buffer_bytes": truth["buffer"]},
             "text": [f"(fd {truth['descriptor']})", "SO_RCVBUF"]}]


def drops(receiver):
    """The kernel's own count, the last column of /proc/net/udp."""
    inode = str(os.fstat(receiver.fileno()).st_ino)
    with open("/proc/net/udp", encoding="ascii") as table:
        return next(int(line.split()[-1]) for line in table if line.split()[9] == inode)


def target(mode):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    if mode == "failing":
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    others = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(OTHERS)]
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.connect(receiver.getsockname())
    Target.ready()
    for _ in range(DATAGRAMS):
        sender.send(b"datagram")
        if mode == "healthy":
            assert receiver.recv(64) == b"datagram"
    assert len(others) == OTHERS
    Target.done(drops=drops(receiver), port=receiver.getsockname()[1], descriptor=receiver.fileno(),
                buffer=receiver.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
