# SPDX-License-Identifier: Apache-2.0
"""How long each part of an end takes: when the links of a recorder go, seen from outside."""

import os
import threading
import time

KPROBE_PROGRAM = "2"  # BPF_PROG_TYPE_KPROBE: that of uprobes; of kernel probes too, where there are kprobes


def described(pid, descriptor):
    """What the kernel says of a descriptor (proc(5), fdinfo); empty: it is gone."""
    try:
        with open(f"/proc/{pid}/fdinfo/{descriptor}") as lines:
            return dict(line.strip().split(":\t", 1) for line in lines if ":\t" in line)
    except OSError:
        return {}


class Detachment(threading.Thread):
    """Watches a recorder from when it is asked to end. A descriptor goes when its close begins, and closes come one after
    the other: what the close of a link takes is the time until the next link goes."""

    def __init__(self, pid):
        super().__init__()
        self.pid, self.done = pid, threading.Event()
        every = {name: described(pid, name) for name in os.listdir(f"/proc/{pid}/fd")}
        programs = {one["prog_id"] for one in every.values() if one.get("prog_type") == KPROBE_PROGRAM}
        self.links = {name: one.get("link_type") == "uprobe_multi" or one.get("prog_id") in programs
                      for name, one in every.items() if "link_type" in one}
        self.gone = {}

    def run(self):
        self.asked = time.monotonic_ns()
        while len(self.gone) < len(self.links) and not self.done.is_set():
            try:
                there = set(os.listdir(f"/proc/{self.pid}/fd"))
            except OSError:
                there = set()
            now = time.monotonic_ns()
            for name in self.links.keys() - self.gone.keys() - there:
                self.gone[name] = now
            time.sleep(0.001)

    def end(self):
        """Seconds until all probes in the target are gone, or `None`, and how many links of the kernel came after them."""
        self.done.set()
        self.join()
        of_kernel = [at for name, at in self.gone.items() if not self.links[name]]
        of_target = [at for name, at in self.gone.items() if self.links[name]]
        if not of_target or not of_kernel or max(of_target) > min(of_kernel):
            return None, len(of_kernel)
        return (min(of_kernel) - self.asked) / 1e9, len(of_kernel)
