#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every test that fits 40 minutes: lint, swift test, a short fuzz, what analyze costs, the demo as a user
# would run it, the scenarios, the pools, the VM matrix. Goes on after a failure, so that one run shows all of them, and fails
# at the end. Ends with the steps, their times, and "N passed, N failed, N skipped".
#
# Two lanes run side by side where neither watches the clock: builds and checks, and later recordings that mostly sleep. What
# a lane prints is in .build/steps, and is shown when its step is over. Everything else has the machine to itself: a busy
# neighbour makes a guest or a scenario late.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# why: here a missing capability would hide a failure. At home it is a skip with its reason.
if [ "${CI:-}" = true ]; then
	export POOLSCOPE_REQUIRE_KERNEL_TESTS=1 POOLSCOPE_REQUIRE_GO=1
fi
# The generator of the instruction count is in the one debug build that the tests make: no other manifest, no second build.
export POOLSCOPE_BENCH=1

steps=.build/steps
rm -rf "$steps"
mkdir -p "$steps"

# step NAME COMMAND...: runs it, and notes its outcome and time in a line of .build/steps/results.
step() {
	local name=$1 started=$SECONDS outcome=passed
	shift
	echo "== $name"
	"$@" || outcome=failed
	printf '%s\t%s\t%s\n' "$outcome" "$((SECONDS - started))" "$name" >>"$steps/results"
	echo "== $name: $outcome, $((SECONDS - started)) s"
}

# The same in a lane: its output is shown as a whole.
step_aside() {
	local log
	log=$steps/$(tr -c 'a-z0-9\n' - <<<"${1,,}").log
	step "$@" >"$log" 2>&1 </dev/null
	cat "$log"
}

# needs FILE NAME COMMAND...: a step that is skipped where an earlier one has not made the file.
needs() {
	local file=$1 kind=${3:-}
	if [ -e "$file" ]; then
		shift
		"$kind" "$1" "${@:3}"
	else
		printf 'skipped\t0\t%s\n' "$2" >>"$steps/results"
		echo "== $2: skipped: no $file"
	fi
}

poolscope=.build/poolscope
rm -f "$poolscope"
# A test that hangs ends with its suite's time limit, and one that holds every thread with this one.
swift_test() { timeout 1200 swift test --skip-build "$@"; }
with_release() { POOLSCOPE=$PWD/$poolscope "$@"; }

# The sources of the matrices are fetched while the compiler works: `.cache` is kept, so that only a first run fetches.
fetches() {
	step_aside "Go toolchains" scripts/fetch-go.sh
	step_aside "kernels" scripts/fetch-kernels.sh
	step_aside "Go packages" scripts/fetch-go-packages.sh
}
offline_checks() {
	step_aside lint scripts/lint.sh
	step_aside "a short fuzz" scripts/fuzz.sh 20
}

# why: the tests of the inspection need the toolchains, and the release build is mostly one module after the other.
fetches &
fetching=$!
offline_checks &
checking=$!
step release make --no-print-directory release
step examples make --no-print-directory examples
step "debug build" swift build --build-tests
wait "$fetching"
bundle=.build/debug/poolscopePackageTests.xctest
needs "$bundle" "swift test" step swift_test --skip 'KernelProbesTests|CommandTests'
wait "$checking"
needs "$poolscope" "instructions of analyze" step Benchmarks/offline/instructions.py

# why: apart: a child that another test starts holds, for a moment, every socket of this process, and where only
# tracepoints are to be had a socket's close is told by its last reference.
needs "$bundle" "swift test of the kernel probes" step swift_test --filter KernelProbesTests
# The binary that a user gets, which also needs less time than the debug build.
needs "$bundle" "swift test of the command" step with_release swift_test --filter CommandTests
needs "$poolscope" "threads" step scripts/threads.py
needs "$poolscope" "witnesses" step scripts/wire.py
needs "$poolscope" "peers that vanish" step scripts/vanish.py
needs "$poolscope" "demo" step scripts/demo.sh
needs "$poolscope" "scenarios" step scripts/scenarios.sh

# Programs that sleep between two requests, each with its own server or none.
births() { needs "$poolscope" "new connections by Go version" step_aside scripts/births.sh --quick; }
births &
sleeping=$!
needs "$poolscope" "demo by Go version" step scripts/go-matrix.sh --quick
wait "$sleeping"
needs "$poolscope" "each pool once" step scripts/pool-matrix.sh --quick
needs "$poolscope" "real programs" step scripts/real-programs.sh
needs "$poolscope" "a short soak" step scripts/soak.py 20 2003 100003
needs "$poolscope" "VM matrix" step scripts/vm/matrix.sh --quick

echo
awk -F '\t' '{ printf "%-8s %5d s  %s\n", $1, $2, $3 } END { printf "         %5d s  in all, lanes side by side\n", '"$SECONDS"' }' \
	"$steps/results"
awk -F '\t' '{ count[$1]++ } END {
	printf "%d passed, %d failed, %d skipped\n", count["passed"], count["failed"], count["skipped"]
	exit count["failed"] + count["skipped"] > 0
}' "$steps/results"
