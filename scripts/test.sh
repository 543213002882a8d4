#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every test: swift test, the demo as a user would run it, the VM matrix. Goes on after a failure, so that one
# run shows all of them, and fails at the end.
set -uo pipefail
cd "$(dirname "$0")/.."

# why: here a missing capability would hide a failure. At home it is a skip with its reason.
if [ "${CI:-}" = true ]; then
	export POOLSCOPE_REQUIRE_KERNEL_TESTS=1 POOLSCOPE_REQUIRE_GO=1
fi

failed=()
step() {
	local name=$1 started=$SECONDS
	shift
	echo "== $name"
	"$@" || failed+=("$name")
	echo "== $name: $((SECONDS - started)) s"
}

# why: another tenth of an hour of the first run only; `.cache` is kept.
step "Go toolchains" scripts/fetch-go.sh
step release make --no-print-directory release
step examples make --no-print-directory examples
# why: apart: a child that another test starts holds, for a moment, every socket of this process, and where only
# tracepoints are to be had a socket's close is told by its last reference.
step "swift test" swift test --skip KernelProbesTests
step "swift test of the kernel probes" swift test --filter KernelProbesTests
step "threads" scripts/threads.py
step "witnesses" scripts/wire.py
step "peers that vanish" scripts/vanish.py
step "demo over TCP" scripts/demo.sh
step "demo over a Unix socket" scripts/demo.sh 14 dsn-unix
step scenarios scripts/scenarios.sh
step "demo by Go version" scripts/go-matrix.sh
step "each pool once" scripts/pool-matrix.sh --quick
step "real programs" scripts/real-programs.sh
step "a short soak" scripts/soak.py 20 2003 100003
step "new connections by Go version" scripts/births.sh
step "VM matrix" scripts/vm/matrix.sh

if [ ${#failed[@]} -ne 0 ]; then
	printf 'failed: %s\n' "${failed[@]}" >&2
	exit 1
fi
