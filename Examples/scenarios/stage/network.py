# SPDX-License-Identifier: Apache-2.0
"""A network of two hosts of its own: near and far are network namespaces, joined by a cable (veth)."""
import itertools
import os
import subprocess

from stage import Skip

_numbers = itertools.count()
NEAR, FAR = "10.77.0.1", "10.77.0.2"


def sh(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, timeout=30)


class Network:
    """near and far are what a command is prefixed with to run there."""

    def __init__(self, stage):
        name = f"psc{os.getpid()}n{next(_numbers)}"
        self.names = [f"{name}a", f"{name}b"]
        self.near, self.far = (["ip", "netns", "exec", name] for name in self.names)
        stage.cleanups.append(self.close)
        try:
            for host in self.names:
                sh("ip", "netns", "add", host)
                sh("ip", "-n", host, "link", "set", "lo", "up")
            sh("ip", "link", "add", "cable", "netns", self.names[0], "type", "veth", "peer", "name", "cable", "netns", self.names[1])
            for host, address in zip(self.names, (NEAR, FAR)):
                sh("ip", "-n", host, "addr", "add", f"{address}/24", "dev", "cable")
                sh("ip", "-n", host, "link", "set", "cable", "up")
            for rule in ("add table inet trouble", "add chain inet trouble in { type filter hook input priority 0 ; }"):
                sh(*self.far, "nft", rule)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Skip(f"no network namespaces, veth or nftables: {getattr(error, 'stderr', None) or error}") from error

    def drop(self, what=""):
        """From now on the far host drops what comes in: all, or what matches, as nftables writes it."""
        sh(*self.far, "nft", f"add rule inet trouble in {what} drop")

    def lose(self, percent):
        """From now on the far host loses such a share of what comes in, at random."""
        self.drop(f"meta l4proto tcp numgen random mod 100 < {percent}")

    def reject(self, what):
        """From now on the far host answers with RST what matches."""
        sh(*self.far, "nft", f"add rule inet trouble in {what} reject with tcp reset")

    def heal(self):
        sh(*self.far, "nft", "flush chain inet trouble in")

    def close(self):
        for host in self.names:
            subprocess.run(["ip", "netns", "del", host], capture_output=True, check=False, timeout=30)
