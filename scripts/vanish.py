#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers that vanish, in network namespaces of the test's own: the link between goes down and is deleted while data is
under way. Each call's errno, the socket's last change of state and each segment sent again are in the trace.

usage: vanish.py     runs .build/poolscope, as root; what it leaves is in .build/vanish
"""
import collections
import errno
import json
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, "Tests/vm")
import poolscope

FOLDER = pathlib.Path(".build/vanish")
HERE, THERE, NOBODY, PORT = "10.77.0.1", "10.77.0.2", "10.77.0.99", 5432
PATIENCE_S = 60
ESTABLISHED, CLOSE, RECEIVE = 1, 7, 1
# Says on which socket which call had which result; does what it is told, a line each.
TARGET = """
import errno, json, os, socket, sys
sockets = {}
def told(name, call, work):
    try: result = work()
    except OSError as error: result = -error.errno
    print(json.dumps([os.fstat(sockets[name].fileno()).st_ino, call, result]), flush=True)
print("ready", flush=True)
for line in sys.stdin:
    verb, name, *rest = line.split()
    if verb == "connect":
        sockets[name] = socket.socket()
        if len(rest) == 3: sockets[name].setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(rest[2]))
        told(name, "connect", lambda: sockets[name].connect((rest[0], int(rest[1]))) or 0)
    elif verb == "send": told(name, "send", lambda: sockets[name].send(bytes(int(rest[0]))))
    elif verb == "receive": told(name, "receive", lambda: len(sockets[name].recv(1000)))
    elif verb == "abandon":
        sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, 0, 0, 0, 0, 0, 0, 0]))
        sockets.pop(name).close()
        print("closed", flush=True)
"""
SERVER = f"""
import socket, time
listener = socket.create_server(("0.0.0.0", {PORT}))
print("ready", flush=True)
kept = []
while True:
    kept.append(listener.accept()[0])
    kept[-1].send(bytes(71))
"""


def main():
    if "inside" not in sys.argv[1:]:
        return subprocess.run(["unshare", "--net", sys.executable, *sys.argv, "inside"], check=False).returncode
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    server = subprocess.Popen(["unshare", "--net", sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    target = None
    try:
        server.stdout.readline()
        beyond = ["nsenter", f"--net=/proc/{server.pid}/ns/net"]
        ip("link", "set", "lo", "up")
        ip("link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(server.pid))
        ip("addr", "add", f"{HERE}/24", "dev", "here")
        ip("link", "set", "here", "up")
        ip("addr", "add", f"{THERE}/24", "dev", "there", by=beyond)
        ip("link", "set", "there", "up", by=beyond)
        target = subprocess.Popen([sys.executable, "-c", TARGET], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        target.stdout.readline()
        account, again = recorded(target, beyond)
    finally:
        for process in filter(None, (server, target)):
            process.kill()
            process.wait()
    differences = compared(account, again, poolscope.records(FOLDER / "vanish.pscope"))
    print(f"vanish: failed: {'; '.join(differences)}" if differences else
          f"vanish: passed: {len(account)} calls with {sorted({names(result) for _, _, result in account if result < 0})}, "
          f"{again} segments sent again")
    return 1 if differences else 0


def ip(*arguments, by=()):
    subprocess.run([*by, "ip", *arguments], check=True)


def recorded(target, beyond):
    messages = FOLDER / "vanish.err"
    recorder = subprocess.Popen([".build/poolscope", "record", "--pid", str(target.pid), "-o", str(FOLDER / "vanish.pscope")],
                                stdout=subprocess.DEVNULL, stderr=messages.open("w"))
    while "\nRecording " not in "\n" + messages.read_text() and recorder.poll() is None:
        time.sleep(0.01)
    before, account = sent_again(), []

    def do(line):
        target.stdin.write(line + "\n")
        target.stdin.flush()
        answer = target.stdout.readline().strip()
        if answer != "closed":
            account.append(json.loads(answer))

    do(f"connect first {THERE} {PORT} 2000")
    do(f"connect second {THERE} {PORT} 2000")
    do(f"connect third {THERE} {PORT}")
    for name in ("first", "second", "third"):
        do(f"receive {name}")
    ip("addr", "del", f"{THERE}/24", "dev", "there", by=beyond)
    do("send third 109")	# to a host that does not answer: sent again after 0.2 s, 0.4 s, 0.8 s
    time.sleep(1)
    ip("addr", "add", f"{THERE}/24", "dev", "there", by=beyond)
    do("send first 113")
    ip("link", "set", "here", "down")
    do("send second 127")	# into a link that is down
    do("receive second")	# ETIMEDOUT, after two seconds
    do(f"connect down {THERE} {PORT}")
    ip("link", "set", "here", "up")
    do(f"connect nobody {NOBODY} {PORT}")	# EHOSTUNREACH, when nobody has answered for three seconds
    do("send third 131")
    ip("link", "del", "here")
    do("send third 137")
    do(f"connect deleted {THERE} {PORT}")
    time.sleep(1)
    for name in ("first", "third", "second"):
        do(f"abandon {name}")
    again = sent_again() - before
    target.stdin.close()
    target.wait(timeout=PATIENCE_S)
    recorder.wait(timeout=PATIENCE_S)
    return account, again


def sent_again():
    """Segments that went out again, without those for which there was no way out."""
    values = {}
    for table in ("/proc/self/net/snmp", "/proc/self/net/netstat"):
        lines = pathlib.Path(table).read_text().splitlines()
        for keys, numbers in zip(lines[::2], lines[1::2]):
            values.update(zip(keys.split()[1:], numbers.split()[1:]))
    return int(values["RetransSegs"]) - int(values["TCPRetransFail"])


def compared(account, again, records):
    calls, ends, seen_again, lost = collections.defaultdict(list), {}, 0, 0
    for record in records:
        kind, inode = record["record"], record.get("socket_inode")
        if kind == "socket_connect":
            calls[inode].append(["connect", record["result"]])
        elif kind == "socket_io":
            calls[inode].append(["receive" if record["operation"] == RECEIVE else "send", record["result"]])
        elif kind == "socket_state" and record["new_state"] == CLOSE:
            ends[inode] = record["old_state"], record["socket_error"]
        elif kind == "socket_retransmit":
            seen_again += record["result"] == 0
        elif kind == "loss":
            lost += record["count"]
    made = collections.defaultdict(list)
    for inode, call, result in account:
        made[inode].append([call, result])
    differences = [f"socket {inode}: {calls.get(inode)} instead of {made.get(inode)}"
                   for inode in made.keys() | calls.keys() if made.get(inode) != calls.get(inode)]
    for inode, call, result in account:
        if (call, result) == ("receive", -errno.ETIMEDOUT) and ends.get(inode) != (ESTABLISHED, errno.ETIMEDOUT):
            differences.append(f"socket {inode} ended by {ends.get(inode)}")
    errors = {-result for _, _, result in account if result < 0}
    if not {errno.ETIMEDOUT, errno.ENETUNREACH, errno.EHOSTUNREACH} <= errors:
        differences.append(f"not brought about: only {[errno.errorcode[error] for error in errors]}")
    if not again:
        differences.append("no segment went out again")
    if seen_again != again or lost:
        differences.append(f"{seen_again} segments sent again, {again} by the kernel's count; {lost} lost")
    return differences


def names(result):
    return errno.errorcode.get(-result, str(result))


sys.exit(main())
