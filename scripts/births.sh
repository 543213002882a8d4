#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Records Examples/births as each Go version builds it, stripped and position-independent in turn, and holds the report
# against what the program did: the parts of new connections, where the holders of open leases are, and which reads have no deadline.
#
#   scripts/births.sh [--quick] [VERSION...]     those in .cache/go (scripts/fetch-go.sh) and Debian's unless told
#
# --quick: each version in one of the two builds, in turn.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
poolscope=${POOLSCOPE:-$root/.build/poolscope}
quick=
[ "${1:-}" != --quick ] || { quick=yes; shift; }
versions=("$@")
[ $# -ne 0 ] || mapfile -t versions < <(printf '1.19\n'; ls .cache/go 2>/dev/null | sort -V)
work=$(mktemp -d)
program= recorder= process= passed=0
trap 'for process in $recorder $program; do kill "$process" 2>/dev/null || true; done; rm -rf "$work"' EXIT

# wait_for SECONDS COMMAND...
wait_for() {
	local tries=$(($1 * 10))
	shift
	for ((; tries > 0; tries--)); do
		"$@" && return
		sleep 0.1
	done
	echo "timed out: $*" >&2
	return 1
}

modes=(pie exe)
place=0
for version in "${versions[@]}"; do
	go=$root/.cache/go/$version/go/bin/go
	[ -x "$go" ] || go=/usr/lib/go-$version/bin/go
	chosen=("${modes[@]}")
	[ -z "$quick" ] || chosen=("${modes[place++ % 2]}")
	for mode in "${chosen[@]}"; do
		name=$version-$mode
		(cd Examples/births && env GO111MODULE=on GOTOOLCHAIN=local GOPROXY=off GOCACHE="$root/.cache/go-build" \
			CGO_ENABLED=0 "$go" build -buildmode=$mode -ldflags "-s -w" -o "$work/births-$name" .)
		rm -f "$work/in"
		mkfifo "$work/in"
		"$work/births-$name" <"$work/in" >"$work/account" 2>&1 &
		program=$!
		exec 9>"$work/in"
		wait_for 60 grep -q ^ready "$work/account"
		"$poolscope" record --pid "$program" -o "$work/$name.pscope" --census 1s --quiet --pool net/http --deadlines \
			2>"$work/record" &
		recorder=$!
		# The first census is over when its records are in the file.
		wait_for 60 sh -c "'$poolscope' show '$work/$name.pscope' --kind census_end 2>/dev/null | grep -q ."
		echo "pools http waits" >&9
		wait_for 60 grep -q ^done "$work/account"
		sleep 5	# the holders are looked at each second, from a second after the acquire on
		kill -INT "$recorder"
		wait "$recorder" || { cat "$work/record" >&2; exit 1; }
		recorder=
		"$poolscope" analyze "$work/$name.pscope" --format json --threshold lease-leak.age=2s \
			>"$work/report.json" || [ $? -eq 1 ]
		exec 9>&-
		wait "$program"
		program=
		python3 scripts/check-births.py "$work/account" "$work/report.json" "$name"
		passed=$((passed + 1))
	done
done
echo "$passed passed, 0 failed, 0 skipped"
