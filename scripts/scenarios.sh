#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Proves rules on the real failure: for each scenario a program that misbehaves, and its healthy twin, each recorded while
# it runs against a real server, and the report of the trace held against what was done.
#
#   scripts/scenarios.sh [NAME...]      all scenarios unless told; JOBS=N runs so many at once (3)
#
# A scenario is one file, Examples/scenarios/TOPIC/NAME.py:
#
#   RULE = "connect-failing"           the rule that it proves
#   OPTIONS = ["--threshold", ...]     for poolscope analyze, where the defaults need longer than a test may take (optional)
#   RECORD = ["--pool", "net/http"]    for poolscope record (optional)
#   def start(stage, mode):            starts the servers, and returns the command of the target. mode: "failing", "healthy"
#   def meanwhile(stage, mode, await_line):  acts while the target works: await_line("connected") waits for what it prints,
#                                      stage.target.send_signal(SIGUSR1) lets it go on (optional)
#   def expect(mode, truth, stage):    the findings that must come, each a dictionary; for "healthy" none. truth: below
#
# The target prints a line "ready", waits for SIGUSR1 (the probes are armed), does its work, prints one line of JSON that
# says what it did (the truth: fds, ports, counts), and stays until it is killed. Python targets are written into the
# scenario's file: target(mode, *arguments), called by stage.python(mode, ...), with Target.ready() and Target.done(...).
# Any other program will do that behaves so.
#
# An expected finding: {"rule": ..., "subject": ..., "count": 7, "severity": ..., "numbers": {"refused": 7},
# "text": ["fd 5"]}. All but the rule may be left out. A number is met exactly, a pair (low, high) includes both ends;
# "numbers" are those of the evidence; "text" must stand in the finding's text. What is found must be what is expected,
# no more, no less.
#
# Ends with a table, rule by rule: found, missed, false; then precision and recall, and "N passed, N failed, N skipped".
# Needs root. POOLSCOPE is the binary (.build/poolscope, else the debug build). Keeps traces and reports of what failed in
# .build/scenarios. Stops what it started and nothing else, also on failure.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo "scenarios: recording needs root: run as root, or install sudo" >&2; exit 1; }
	exec sudo env "PATH=$PATH" "POOLSCOPE=${POOLSCOPE:-}" "JOBS=${JOBS:-}" "$0" "$@"
fi
exec python3 Examples/scenarios "$@"
