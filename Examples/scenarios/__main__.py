# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios, several at once. scripts/scenarios.sh says how one is written."""
import collections
import concurrent.futures
import importlib
import os
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Machinery first; then the folders of the topics, so that a scenario may import another one.
TOPICS = ("connecting", "latency", "leaks", "network", "stale", "waiting")
sys.path[:0] = [str(HERE / folder) for folder in ("stage", *TOPICS)]
sys.dont_write_bytecode = True

import judge
from stage import ROOT, Skip, Stage

MODES = ("failing", "healthy")


def names():
    return sorted(path.stem for topic in TOPICS for path in (HERE / topic).glob("*.py"))


def run(name, mode, binary):
    """The finished run of one program: its rule, what was expected and found, and what is wrong."""
    scenario = importlib.import_module(name)
    with Stage(name, mode, binary) as stage:
        try:
            report, status, truth = stage.record(scenario)
            expected = scenario.expect(mode, truth, stage) if mode == "failing" else []
            verdict = judge.judge(scenario.RULE, mode, expected, report, status)
        except Skip as reason:
            return judge.Verdict(scenario.RULE, skipped=str(reason))
        except Exception as error:  # the others go on
            verdict = judge.Verdict(scenario.RULE, problems=[f"{type(error).__name__}: {error}"])
        if verdict.problems:
            stage.keep()
        return verdict


def table(verdicts):
    found, missed, false = (collections.Counter() for _ in range(3))
    for verdict in verdicts:
        found.update(verdict.found)
        missed.update(verdict.missed)
        false.update(verdict.false)
    print(f"\n{'rule':24}{'found':>7}{'missed':>8}{'false':>7}")
    for rule in sorted({verdict.rule for verdict in verdicts} | set(found) | set(missed) | set(false)):
        print(f"{rule:24}{found[rule]:7}{missed[rule]:8}{false[rule]:7}")
    hits, misses, alarms = found.total(), missed.total(), false.total()
    print(f"precision {hits}/{hits + alarms}, recall {hits}/{hits + misses}")


def main():
    asked = sys.argv[1:] or names()
    if unknown := set(asked) - set(names()):
        print(f"scenarios: no {', '.join(sorted(unknown))}; there are: {', '.join(names())}", file=sys.stderr)
        return 64
    binary = os.environ.get("POOLSCOPE") or next(
        (str(path) for path in (ROOT / ".build/poolscope", ROOT / ".build/debug/poolscope") if path.exists()), "")
    if not os.access(binary, os.X_OK):
        print("scenarios: no poolscope: run \"make release\"", file=sys.stderr)
        return 1
    # SIGTERM unwinds, as Ctrl-C does, so that every stage is cleared.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    verdicts = []
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS") or 3)) as pool:
        runs = {pool.submit(run, name, mode, binary): (name, mode) for name in asked for mode in MODES}
        try:
            for future in concurrent.futures.as_completed(runs):
                verdict, (name, mode) = future.result(), runs[future]
                verdicts.append(verdict)
                state = "skip" if verdict.skipped else "FAIL" if verdict.problems else "pass"
                print(f"{state} {name} {mode}{': ' + verdict.skipped if verdict.skipped else ''}", flush=True)
                for problem in verdict.problems:
                    print(f"     {problem}", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            Stage.clear_all()
            raise
    table(verdicts)
    failed = sum(bool(verdict.problems) for verdict in verdicts)
    skipped = sum(bool(verdict.skipped) for verdict in verdicts)
    print(f"{len(verdicts) - failed - skipped} passed, {failed} failed, {skipped} skipped")
    # A capability that is missing may not hide a failure where it must be there.
    return 1 if failed or (skipped and os.environ.get("POOLSCOPE_REQUIRE_KERNEL_TESTS") == "1") else 0


sys.exit(main())
