#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records a long run: is every call in the trace, does the memory stay flat, is nothing left behind in the kernel?

usage: soak.py [SECONDS [CONNECTIONS [CALLS]]]      600 s, 100003 connections, 4500007 pairs of calls unless told

Wants root, .build/poolscope (or POOLSCOPE) and .build/examples/soak (Examples/build.sh).
"""
import collections
import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
POOLSCOPE = os.environ.get("POOLSCOPE", ROOT / ".build/poolscope")
# BPF_*_GET_NEXT_ID in uapi/linux/bpf.h, by what /proc/PID/fdinfo calls the number.
NEXT_ID = {"prog_id": 11, "map_id": 12, "link_id": 31}
BPF_SYSCALL = 321
# Memory after the first tenth of the time is the recorder's working set; from then on it may not grow by more.
GROWTH_KIB = 2048


class NextID(ctypes.Structure):
    """The part of union bpf_attr that BPF_*_GET_NEXT_ID uses."""
    _fields_ = [("start", ctypes.c_uint32), ("next", ctypes.c_uint32), ("rest", ctypes.c_uint8 * 128)]


def kernel_objects():
    """The BPF programs, maps and links on this host, as pairs of kind and number."""
    library = ctypes.CDLL(None, use_errno=True)
    found = set()
    for kind, command in NEXT_ID.items():
        attribute = NextID()
        while library.syscall(BPF_SYSCALL, command, ctypes.byref(attribute), ctypes.sizeof(attribute)) == 0:
            found.add((kind, attribute.next))
            attribute.start = attribute.next
    return found


def own_objects(process):
    """Those that a process holds a descriptor of."""
    found = set()
    for entry in pathlib.Path(f"/proc/{process}/fdinfo").iterdir():
        for line in entry.read_text().splitlines():
            kind, _, number = line.partition(":")
            if kind in NEXT_ID:
                found.add((kind, int(number)))
    return found


def status(process, key):
    text = pathlib.Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(key + ":"))


def descriptors(process):
    return len(os.listdir(f"/proc/{process}/fd"))


def counted(trace):
    """Receives, sends, connects, accepts and closes in the trace, and what it says was lost."""
    found = collections.Counter()
    show = subprocess.Popen([POOLSCOPE, "show", trace], stdout=subprocess.PIPE, text=True)
    for line in show.stdout:
        fields = line.split()
        kind = fields[2]
        if kind == "socket_io":
            kind = "receive" if "operation=1" in fields else "send"
        found[kind] += 1
        if kind == "loss" and "reason=3" not in fields:
            found["lost"] += next(int(field[6:]) for field in fields if field.startswith("count="))
    if show.wait():
        sys.exit("soak: the trace cannot be read")
    return found


def record(program, trace, seconds):
    """Records the program while it works. Returns its last line, the samples of the recorder, and its BPF objects."""
    recorder = subprocess.Popen([POOLSCOPE, "record", "--pid", str(program.pid), "-o", trace], stderr=subprocess.PIPE,
                                stdout=subprocess.DEVNULL, text=True)
    try:
        line = recorder.stderr.readline()
        while line and not line.startswith("Recording "):
            line = recorder.stderr.readline()
        if not line:
            sys.exit("soak: the recording did not begin")
        program.stdin.write("go\n")
        program.stdin.flush()
        started, samples = time.monotonic(), []
        objects = own_objects(recorder.pid)
        os.set_blocking(program.stdout.fileno(), False)
        while not (line := program.stdout.readline()):
            samples.append((time.monotonic() - started, status(recorder.pid, "VmRSS"), descriptors(recorder.pid)))
            if samples[-1][0] > 3 * seconds + 60 or recorder.poll() is not None:
                sys.exit("soak: the program or the recorder did not do its part")
            time.sleep(1)
    finally:
        recorder.send_signal(2)
        recorder.wait(60)
    return line, samples, objects


def main():
    seconds, connections, calls = (int(value) for value in sys.argv[1:] + ["600", "100003", "4500007"][len(sys.argv) - 1:])
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "soak.pscope")
        program = subprocess.Popen([ROOT / ".build/examples/soak", str(connections), str(calls), str(seconds)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            program.stdout.readline()
            line, samples, objects = record(program, trace, seconds)
        finally:
            program.stdin.close()
            program.wait(60)
        sent, received = (int(value) for value in line.split()[1:])
        found = counted(trace)
        size = os.path.getsize(trace)
    left = objects & kernel_objects()

    def expect(holds, text):
        if not holds:
            problems.append(text)

    expect(found["lost"] == 0, f"{found['lost']} records lost at a rate far below the limit")
    expect((found["send"], found["receive"]) == (sent, received),
           f"{found['send']} sends and {found['receive']} receives in the trace, of {sent} and {received}")
    for kind, wanted in (("socket_connect", connections), ("socket_accept", connections),
                         ("socket_close", 2 * connections)):
        expect(found[kind] == wanted, f"{found[kind]} of kind {kind}, not {wanted}")
    settled = [sample for sample in samples if sample[0] > samples[-1][0] / 10]
    growth = max(sample[1] for sample in settled) - settled[0][1]
    expect(growth <= GROWTH_KIB, f"the recorder's memory grew by {growth} KiB after the first tenth of the time")
    expect(len({sample[2] for sample in settled}) == 1, "the recorder's descriptors changed in number")
    expect(len(objects) > 10, f"only {len(objects)} BPF objects were seen")
    expect(not left, f"{len(left)} of {len(objects)} BPF objects left behind: {sorted(left)}")
    print(f"soak: {samples[-1][0]:.0f} s, {sum(found.values())} records, {size / sum(found.values()):.1f} bytes each, "
          f"memory {max(sample[1] for sample in samples)} KiB at most, + {growth} KiB after the first tenth, "
          f"{samples[-1][2]} descriptors, {len(objects)} BPF objects")
    for problem in problems:
        print(f"soak: {problem}", file=sys.stderr)
    print(f"{0 if problems else 1} passed, {1 if problems else 0} failed, 0 skipped")
    return 1 if problems else 0


sys.exit(main())
