# SPDX-License-Identifier: Apache-2.0
"""The census against what ss lists of the same sockets: owner, state, queues, buffers, timer, retransmits."""
import re
import subprocess
import sys

import poolscope

STATES = {"ESTAB": 1, "SYN-SENT": 2, "FIN-WAIT-1": 4, "FIN-WAIT-2": 5, "CLOSE-WAIT": 8, "LISTEN": 10}
TIMERS = {"on": 1, "keepalive": 2, "timewait": 3, "persist": 4}
TARGET = """
import ctypes, socket, struct, sys
def pair():
    listener = socket.create_server(("127.0.0.1", 0), backlog=3)
    client = socket.create_connection(listener.getsockname())
    server = listener.accept()[0]
    kept.extend((listener, client, server))
    return client, server
kept = []
pair()
client, _ = pair()
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1777)
client, _ = pair()
client.sendall(bytes(137))
client, server = pair()
nothing = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
server.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HxxxxxxQ", 1, ctypes.addressof(nothing)))
client.sendall(bytes(113))
client, server = pair()
server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
client.setblocking(False)
try:
    while True: client.send(bytes(50000))
except BlockingIOError: pass
client, server = pair()
kept.remove(server)
server.close()
client, server = pair()
client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 30011)
client.shutdown(socket.SHUT_WR)
print("ready", flush=True)
sys.stdin.read()
"""


def compared(folder):
    """Differences, and what was compared. Each line of ss must be that of one of the censuses around it."""
    target = subprocess.Popen([sys.executable, "-c", TARGET], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        target.stdout.readline()
        trace = folder / "listing.pscope"
        recorder = subprocess.Popen(
            [".build/poolscope", "record", "--pid", str(target.pid), "-o", str(trace), "--census", "250ms",
             "--duration", "4s"], stdout=subprocess.DEVNULL, stderr=(folder / "listing.err").open("w"))
        subprocess.run(["sleep", "2.5"], check=True)
        listed = subprocess.run(["ss", "-tainmpeO"], capture_output=True, text=True, check=True).stdout
        recorder.wait(timeout=60)
    finally:
        target.stdin.close()
        target.wait()
    (folder / "listing.ss").write_text(listed)
    censuses = {}
    for record in poolscope.records(trace):
        if record["record"] == "census_socket" and record["protocol"] == 6:
            censuses.setdefault(record["socket_inode"], []).append(of_census(record))
    rows = {inode: row for line in listed.splitlines()[1:] for inode, row in [of_line(line)] if row["pid"] == target.pid}
    differences = [
        f"socket {inode}: ss has {rows.get(inode)}, the last census {censuses.get(inode, [None])[-1]}"
        for inode in sorted(rows.keys() | censuses.keys())
        if rows.get(inode) not in [{**seen, "pid": target.pid} for seen in censuses.get(inode, [])]
    ]
    timers = sum(row["timer"][0] != 0 for row in rows.values())
    return differences, f"{len(rows)} sockets, {timers} with a timer, as ss lists them"


def of_census(record):
    is_listening = record["state"] == STATES["LISTEN"]	# ss shows its queue of connections
    return {
        "state": record["state"], "descriptor": record["descriptor"],
        "queues": () if is_listening else (record["receive_queue_bytes"], record["send_queue_bytes"]),
        "ports": (record["local_port"], record["remote_port"]),
        "memory": (record["receive_memory_bytes"], record["receive_buffer_bytes"], record["send_buffer_bytes"]),
        "timer": (record["timer"], record["timer_retries"] if record["timer"] in (1, 4) else 0),
        "retransmits": record["retransmits"],
        "timeout": 0 if is_listening else round(record["retransmit_timeout_us"] / 1000),
    }


def of_line(line):
    state, receive, send, local, remote = line.split()[:5]
    found = {name: re.search(pattern, line) for name, pattern in {
        "inode": r"ino:(\d+)", "owner": r"pid=(\d+),fd=(\d+)", "timer": r"timer:\((\w+),[^,]*,(\d+)\)",
        "memory": r"skmem:\(r(\d+),rb(\d+),t\d+,tb(\d+)", "retransmits": r"retrans:\d+/(\d+)", "timeout": r"rto:(\d+)",
    }.items()}
    is_listening = state == "LISTEN"
    owner = found["owner"]
    kind = TIMERS[found["timer"][1]] if found["timer"] else 0
    return int(found["inode"][1]) if found["inode"] else 0, {
        "state": STATES.get(state, 0), "descriptor": int(owner[2]) if owner else -1, "pid": int(owner[1]) if owner else 0,
        # A FIN that nobody has read counts as one byte for ss.
        "queues": () if is_listening else (max(0, int(receive) - (state == "CLOSE-WAIT")), int(send)),
        "ports": (int(local.rsplit(":", 1)[1]), 0 if is_listening else int(remote.rsplit(":", 1)[1])),
        "memory": tuple(int(number) for number in found["memory"].groups()) if found["memory"] else (),
        "timer": (kind, int(found["timer"][2]) if kind in (1, 4) else 0),
        "retransmits": int(found["retransmits"][1]) if found["retransmits"] else 0,
        "timeout": int(found["timeout"][1]) if found["timeout"] and not is_listening else 0,
    }
