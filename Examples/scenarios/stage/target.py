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
    def meet(word):
        """Says how far it has got, and waits until the scenario's meanwhile(...) lets it go on."""
        print(word, flush=True)
        signal.sigwait({signal.SIGUSR1})

    @staticmethod
    def done(**truth):
        """Says what was done, and stays as it is until it is killed."""
        print(json.dumps(truth), flush=True)
        while True:
            signal.pause()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    # This file's folder is on the path already; a scenario is in the folder of its topic.
    scenarios = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path += sorted(entry.path for entry in os.scandir(scenarios) if entry.is_dir())
    importlib.import_module(sys.argv[1]).target(*sys.argv[2:])
