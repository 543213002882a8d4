# SPDX-License-Identifier: Apache-2.0
"""A server with a limit of 61 descriptors that keeps files open until none is left; 7 accepts fail. The healthy one has the
same limit and 37 of them in use."""
import errno
import os
import resource
import socket

from target import Target

RULE = "fd-exhaustion"
LIMIT, ACCEPTS, USED = 61, 7, 37


def start(stage, mode):
    return stage.python(mode)


def expect(mode, truth, stage):
    return [{"rule": RULE, "subject": f"127.0.0.1:{truth['port']}", "count": ACCEPTS, "severity": "critical",
             "numbers": {"failed_accepts": ACCEPTS, "descriptors": LIMIT, "descriptor_limit": LIMIT},
             "text": [f"(fd {truth['descriptor']})", "EMFILE"]}]


def target(mode):
    resource.setrlimit(resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    Target.ready()
    files = []
    try:
        while mode == "failing" or len(files) < USED - 6:
            files.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        assert error.errno == errno.EMFILE
    for _ in range(ACCEPTS if mode == "failing" else 1):
        try:
            files.append(listener.accept()[0])
        except OSError as error:
            assert error.errno == errno.EMFILE
    Target.done(descriptor=listener.fileno(), port=listener.getsockname()[1], client=client.fileno())
