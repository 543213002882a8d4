# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about processes and BPF programs: CPU time, memory, run time."""

import ctypes
import itertools
import os
import platform
import struct

_libc = ctypes.CDLL(None, use_errno=True)


def cpu_ns(pid):
    """CPU time of all threads that live, in ns. /proc/PID/stat counts in ticks of 10 ms: too coarse."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS:"))


class ProgramStatistics:
    """While open, the kernel measures each run of each BPF program (about 20 ns a run)."""

    SWITCH = "/proc/sys/kernel/bpf_stats_enabled"

    def __enter__(self):
        with open(self.SWITCH) as file:
            self._before = file.read()
        self._set("1")
        return self

    def __exit__(self, *_):
        self._set(self._before)

    def _set(self, value):
        with open(self.SWITCH, "w") as file:
            file.write(value)


def programs_of(pid):
    """{name: (runs, ns)} of the BPF programs that a process holds descriptors of."""
    found = {}
    for descriptor in os.listdir(f"/proc/{pid}/fdinfo"):
        try:
            with open(f"/proc/{pid}/fdinfo/{descriptor}") as file:
                fields = dict(line.split(":", 1) for line in file if ":" in line)
        except FileNotFoundError:
            continue
        if "run_time_ns" in fields:
            name = _program_name(int(fields["prog_id"]))
            # Of several that are called alike as far as the kernel keeps names, each has its row.
            name = next(row for row in itertools.chain([name], (f"{name} {n}" for n in itertools.count(2))) if row not in found)
            found[name] = (int(fields["run_cnt"]), int(fields["run_time_ns"]))
    return found


def _bpf(command, attributes):
    result = _libc.syscall(321, command, attributes, len(attributes))
    if result < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return result


def _program_name(program_id):
    """struct bpf_prog_info.name, 15 characters: fdinfo does not have it."""
    descriptor = _bpf(13, ctypes.create_string_buffer(struct.pack("<III", program_id, 0, 0), 12))
    try:
        info = ctypes.create_string_buffer(128)
        address = ctypes.addressof(info)
        _bpf(15, ctypes.create_string_buffer(struct.pack("<IIQ", descriptor, len(info), address), 16))
        return info.raw[64:80].split(b"\0")[0].decode()
    finally:
        os.close(descriptor)


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    return {
        "cpu": model,
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "load_average": os.getloadavg()[0],
    }
