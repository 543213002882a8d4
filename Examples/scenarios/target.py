# SPDX-License-Identifier: Apache-2.0
"""What a traced Python program says and waits for. Imports little: the program's own sockets should be all there is."""
import importlib
import json
import os
import signal
import sys


class Target:
    @staticmethod
    def ready():
        """Waits until the probes are armed."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        print("ready", flush=True)
        signal.sigwait({signal.SIGUSR1})

    @staticmethod
    def done(**truth):
        """Says what was done, and stays as it is until it is killed."""
        print(json.dumps(truth), flush=True)
        while True:
            signal.pause()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    importlib.import_module(sys.argv[1]).target(*sys.argv[2:])
