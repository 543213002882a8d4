#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fuzzes what reads foreign bytes, guided by coverage (libFuzzer, of the Swift toolchain): the trace reader with all that
# follows it, the reader of executables, and those of what a user writes.
#
#   scripts/fuzz.sh [SECONDS] [FuzzTrace|FuzzExecutable|FuzzSettings...]     of CPU time for each, 600 unless told
#
# Fails at a crash, a hang of 10 s, or 2 GiB of memory, and leaves the input in .build/fuzz/. The inputs that reach new
# code are kept in .cache/fuzz for the next run; a bug that was found becomes a test beside the module's others.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}
shift $(($# < 1 ? $# : 1))
fuzzers=("$@")
[ $# -ne 0 ] || fuzzers=(FuzzTrace FuzzExecutable FuzzSettings)

export POOLSCOPE_FUZZ=1
# A trap must end the fuzzer as a crash, not start a debugger in it.
export SWIFT_BACKTRACE=enable=no
build=(swift build --sanitize fuzzer --scratch-path .build/fuzz)
for fuzzer in "${fuzzers[@]}"; do "${build[@]}" --product "$fuzzer" | tail -1; done

# A small Go program of the distribution's toolchain, stripped: the victim of FuzzExecutable.
export POOLSCOPE_FUZZ_PROGRAM=$PWD/.build/fuzz/victim
printf 'package main\n\nfunc main() { println("victim") }\n' >.build/fuzz/victim.go
GO111MODULE=off GOTOOLCHAIN=local GOCACHE=$PWD/.cache/go-build \
	go build -ldflags "-s -w" -o "$POOLSCOPE_FUZZ_PROGRAM" .build/fuzz/victim.go

passed=0 failed=0
for fuzzer in "${fuzzers[@]}"; do
	corpus=.cache/fuzz/$fuzzer seeds=.build/fuzz/seeds-$fuzzer
	mkdir -p "$corpus" "$seeds"
	[ "$fuzzer" != FuzzSettings ] || cp Examples/custom-pool/pools.json "$seeds"
	echo "== $fuzzer: $seconds s"
	if POOLSCOPE_FUZZ_SEEDS=$PWD/$seeds .build/fuzz/debug/"$fuzzer" "$corpus" "$seeds" -max_total_time="$seconds" \
		-timeout=10 -rss_limit_mb=2048 -max_len=65536 -artifact_prefix=.build/fuzz/"$fuzzer"- -print_final_stats=1 \
		-verbosity=0 2>&1 | tee .build/fuzz/"$fuzzer".log | grep -E '^(stat::|==|SUMMARY|Fatal|artifact|Test unit)'; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
