# SPDX-License-Identifier: Apache-2.0
"""Leases of which the parts are known: the server takes 80 ms to answer, an answer lies unread for 50 ms, the holder works for
50 ms, another waits for it as long, and a new connection is greeted after 60 ms. The report must tell each within 5 % of what
the program measured, or the kernel's clock tick. The healthy one's server answers at once, and there is a connection for two."""
import json
import socket
import subprocess
import threading
import time

import postgresql

RULE = "pool-wait"
SLOW, GREETING = 0.08, 0.06
# Of the slowest kernel, 100 a second.
TICK_NS = 10_000_000


def start(stage, mode):
    delays = (SLOW, GREETING) if mode == "failing" else (0, 0)
    peer = stage.spawn(stage.python("serve", *delays), stdout=subprocess.PIPE, text=True)
    return [postgresql.program(), stage.name, mode, f"127.0.0.1:{peer.stdout.readline().strip()}"]


def expect(mode, truth, stage):
    pool = json.loads((stage.folder / "report.json").read_text())["pools"][0]
    check(pool["time"], truth)
    return [{"rule": RULE, "subject": "redigo #1", "text": ["main.waiter"]}, {"rule": "pool-exhausted"},
            {"rule": "receive-backlog", "text": ["main.lateReader"]}]


def check(time_of_pool, truth):
    sites = {site["function"]: site for site in time_of_pool["call_sites"]}
    rounds = truth["rounds"]
    for part in [time_of_pool, *sites.values()]:
        assert sum(part["parts"].values()) == part["total_wait_ns"] + part["total_hold_ns"], part

    def near(site, wanted, *names, tick=0):
        told = sum(sites[site]["parts"][name] for name in names)
        # What a lease does besides takes a moment of its own.
        room = 0.05 * wanted + tick * rounds
        assert abs(told - wanted) <= room, f"{site}: {' + '.join(names)} {told}, measured {wanted}"

    assert all(site["leases"] == rounds for name, site in sites.items() if name != "main.firstLease"), sites
    near("main.slowPeer", truth["peer_ns"], "network_ns", "server_ns", "receive_queue_ns", "send_ns")
    assert sites["main.slowPeer"]["parts"]["server_ns"] >= 0.95 * SLOW * 1e9 * rounds, sites["main.slowPeer"]
    near("main.lateReader", truth["unread_ns"], "receive_queue_ns", tick=TICK_NS)
    near("main.worker", truth["own_ns"], "application_ns")
    near("main.waiter", truth["queued_ns"], "pool_ns")
    first = sites["main.firstLease"]["parts"]
    told = sum(first[name] for name in ("pool_ns", "connect_ns", "session_startup_ns"))
    assert abs(told - truth["acquire_ns"]) <= 0.05 * truth["acquire_ns"], (first, truth)
    assert first["session_startup_ns"] >= 0.95 * GREETING * 1e9, first
    assert first["dial_ns"] == 0 and first["lookup_ns"] == 0, first


def serve(slow, greeting):
    """A server of Redis's protocol that knows three commands."""
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=answer, args=(server.accept()[0], float(slow), float(greeting)), daemon=True).start()


def answer(client, slow, greeting):
    while command := client.recv(512):
        time.sleep(slow if b"SLOW" in command else greeting if b"HELLO" in command else 0)
        client.sendall(b"+OK\r\n")


def target(mode, *arguments):
    serve(*arguments)
