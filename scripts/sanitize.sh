#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the tests of the modules that need no kernel under a sanitizer of the Swift toolchain.
#
#   scripts/sanitize.sh address|thread
#
# address: everything that reads traces, decides and prints. thread: TraceFile and Reports, which other threads call. Builds
# into a folder of its own, .build-asan or .build-tsan.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
address) folder=.build-asan build=(-c release -Xswiftc -enable-testing) filter='TraceModelTests|TraceFileTests|DiagnosisTests|ReportsTests' ;;
thread) folder=.build-tsan build=() filter='TraceFileTests|ReportsTests' ;;
*) echo "usage: $0 address|thread" >&2; exit 64 ;;
esac
export POOLSCOPE_SANITIZED=1
# What a test starts is not built with it; a leak at exit is the runtime's own.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 TSAN_OPTIONS=halt_on_error=1
# why: address: optimised, as it is shipped. Unoptimised, Swift 6.3 reads a large field of what a `_read` accessor yields after it has freed
# the accessor's frame (`sockets[socket].retransmitRun == nil`), which AddressSanitizer takes for our mistake.
exec swift test "${build[@]}" --sanitize "$1" --scratch-path "$folder" --filter "$filter"
