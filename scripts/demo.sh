#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The whole line once, for real: a stripped Go service with a pool on a real PostgreSQL server is recorded from outside;
# then the service is stopped, its binary deleted, and the trace analysed by an ordinary user. First with a service that
# leaks exactly 3 leases, then with a healthy one. Leaves traces and reports in demo-output/.
#
#   scripts/demo.sh [SECONDS] [dsn|dsn-unix] [SERVICE...]
#
# Records each service for SECONDS, 14 unless told; over TCP unless told. With services, such as ones built by other Go
# versions, each of them is recorded in its leaky mode alone.
#
# Wants .build/poolscope and .build/examples/leaky-service (make demo builds both). Starts and ends its own server and
# its own service, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-14}
transport=${2:-dsn}
shift $(($# < 2 ? $# : 2))
poolscope=$PWD/.build/poolscope
output=$PWD/demo-output

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo "demo: recording needs root: run as root, or install sudo" >&2; exit 1; }
	as_root=(sudo)
fi
for program in "$poolscope" .build/examples/leaky-service; do
	[ -x "$program" ] || { echo "demo: no $program: run \"make demo\"" >&2; exit 1; }
done

# Readable by an ordinary user, as demo-output below someone's home may not be.
work=$(mktemp -d)
chmod 755 "$work"
recorder= service=
cleanup() {
	[ -z "$recorder" ] || kill "$recorder" 2>/dev/null || true
	[ -z "$service" ] || kill "$service" 2>/dev/null || true
	[ ! -e "$work/postgres/data/postmaster.pid" ] || scripts/postgres.sh stop "$work/postgres" || true
	rm -rf "$work" 2>/dev/null || "${as_root[@]}" rm -rf "$work"
}
trap cleanup EXIT

say() { printf '\n== %s\n' "$*"; }

# Waits until a file has a line that matches, or fails.
await() {
	local file=$1 pattern=$2 process=$3
	for _ in $(seq 200); do
		grep -q -E "$pattern" "$file" 2>/dev/null && return
		kill -0 "$process" 2>/dev/null || break
		sleep 0.1
	done
	cat "$file" >&2
	echo "demo: no \"$pattern\" in $file" >&2
	return 1
}

# Analyses as an ordinary user who has nothing but the poolscope binary and the trace.
analyze() {
	local trace=$1 format=$2 nobody=()
	[ "$(id -u)" -ne 0 ] || nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs)
	(cd / && "${nobody[@]}" "$work/poolscope" analyze "$trace" --format "$format")
}

# Records one service and leaves MODE.pscope, MODE.txt and MODE.json in the output folder.
run() {
	local mode=$1 binary=$2 status=0
	rm -f "$work/$mode".* "$work/shop" "$output/$mode".*
	say "a $mode service: 23 leases a round on a pool of 5 connections to $(scripts/postgres.sh "$transport" "$work/postgres")"
	cp "$binary" "$work/shop"
	"$work/shop" -mode "$mode" -dsn "$(scripts/postgres.sh "$transport" "$work/postgres")" -warmup 60s \
		-truth "$output/$mode.truth" >"$work/$mode.out" 2>"$output/$mode.log" &
	service=$!
	await "$work/$mode.out" '^ready' "$service"

	say "poolscope record --pid $service -o $mode.pscope --duration ${seconds}s"
	"${as_root[@]}" "$poolscope" record --pid "$service" -o "$work/$mode.pscope" --duration "${seconds}s" \
		>"$output/$mode.record.txt" 2>"$output/$mode.record.log" &
	recorder=$!
	await "$output/$mode.record.log" '^Recording ' "$recorder"
	kill -USR1 "$service" # the service starts to work
	wait "$recorder" || status=$?
	recorder=
	if [ "$status" -gt 1 ]; then
		cat "$output/$mode.record.log" >&2
		echo "demo: poolscope record failed ($status)" >&2
		return 1
	fi

	kill "$service"
	status=0
	wait "$service" || status=$?
	service=
	if [ "$status" -ne 0 ]; then
		cat "$output/$mode.log" >&2
		echo "demo: the service ended with exit code $status" >&2
		return 1
	fi
	rm "$work/shop"
	"${as_root[@]}" chown "$(id -u):$(id -g)" "$work/$mode.pscope"
	cp "$work/$mode.pscope" "$output/$mode.pscope"
	chmod 644 "$work/$mode.pscope"

	say "poolscope analyze $mode.pscope (as an ordinary user; the service and its binary are gone)"
	status=0
	analyze "$work/$mode.pscope" text >"$output/$mode.txt" || status=$?
	cat "$output/$mode.txt"
	analyze "$work/$mode.pscope" json >"$output/$mode.json" || [ $? -eq "$status" ]
	echo "exit code $status"
	scripts/check-demo.py "$mode" "$status" "$output/$mode.json" "$output/$mode.truth"
}

rm -rf "$output"
mkdir -p "$output"
cp "$poolscope" "$work/poolscope"
chmod 755 "$work/poolscope"
mkdir "$work/postgres"
scripts/postgres.sh init "$work/postgres"
scripts/postgres.sh start "$work/postgres"

failed=0 count=0
try() {
	count=$((count + 1))
	run "$@" || failed=$((failed + 1))
}
if [ $# -eq 0 ]; then
	for mode in leaky healthy; do try "$mode" .build/examples/leaky-service; done
else
	for binary in "$@"; do
		say "$binary"
		try leaky "$binary"
	done
fi
echo
echo "$((count - failed)) passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
