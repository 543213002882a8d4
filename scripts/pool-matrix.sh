#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every pool library against a real server on loopback, by Go version and build: a program that keeps account of its
# leases (Examples/pools) is recorded, and every lease of the trace is held against the account: the same leases on the
# same connections, wait and hold as measured, the leaked ones open. MongoDB's server is a stand-in.
#
#   scripts/pool-matrix.sh [--quick] [POOL...]     all pools unless told; --quick: each once
#
# Then under stress (-stress of Examples/pools): the collector never rests, short goroutines come and go, stacks grow at
# the acquire. Once for each place of a probe: after the stack check (Go 1.21 and later), and on it (1.19).
#
# Builds: default, stripped, pie (and stripped), cgo. Each pool meets each Go version, in one build after the other;
# database/sql all of both.
#
# Wants .build/poolscope (or POOLSCOPE), what scripts/install-dependencies.sh test installs, and root. Starts and ends its
# own servers.
set -euo pipefail
cd "$(dirname "$0")/.."
quick=
[ "${1:-}" != --quick ] || { quick=yes; shift; }
poolscope=$(realpath "${POOLSCOPE:-.build/poolscope}")
pools=("$@")
[ $# -ne 0 ] || pools=(databasesql mysql pgxstdlib pgxpool4 pgxpool5 redigo goredis9 mongo http1 http2 gosnmp netdial)
leaks=2

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo "pool-matrix: recording needs root: run as root, or install sudo" >&2; exit 1; }
	as_root=(sudo)
fi
[ -x "$poolscope" ] || { echo "pool-matrix: no $poolscope: run \"make release\"" >&2; exit 1; }
scripts/fetch-go-packages.sh

work=$(mktemp -d)
chmod 755 "$work"
. scripts/pool-servers.sh
recorder= program=
cleanup() {
	local process
	for process in "$recorder" "$program"; do
		[ -z "$process" ] || kill "$process" 2>/dev/null || true
	done
	stop_servers
	rm -rf "$work" 2>/dev/null || "${as_root[@]}" rm -rf "$work"
}
trap cleanup EXIT

# Records one program while it does its work. Under stress: with so many short goroutines.
record() {
	local pool=$1 binary=$2 stress=${3:-} request=() options=()
	[ -z "$stress" ] || options=(-stress "$stress" -turns 200)
	case $pool in
	http*) request=(--pool net/http) ;;
	gosnmp) request=(--pool gosnmp) ;;
	netdial) request=(--pool net.Dial) ;;
	esac
	rm -f "$work"/{account,leases,record,report,states,trace}* "$work"/{out,log}
	"$binary" -server "$server" -truth "$work/account" -leaks "$leaks" "${options[@]}" >"$work/out" 2>"$work/log" &
	program=$!
	await "$work/out" '^ready' "$program" || return 1
	"${as_root[@]}" "$poolscope" record --pid "$program" -o "$work/trace.pscope" "${request[@]}" \
		>"$work/record.out" 2>"$work/record.log" &
	recorder=$!
	await "$work/record.log" '^Recording ' "$recorder" || return 1
	kill -USR1 "$program"
	await "$work/out" '^done' "$program" || { cat "$work/log" >&2; return 1; }
	# Whoever holds a connection that other goroutines use has not surely leaked it before it has been silent for long.
	# Others must be silent for a second after their holder has ended.
	case $pool in http1 | mongo) sleep 6 ;; *) sleep 2 ;; esac
	kill -INT "$recorder"
	wait "$recorder" || true
	recorder=
	kill -0 "$program" || { echo "pool-matrix: the program is gone" >&2; cat "$work/log" >&2; return 1; }
	kill "$program"
	wait "$program" 2>/dev/null || true
	program=
	"${as_root[@]}" chown "$(id -u):$(id -g)" "$work/trace.pscope"
	"$poolscope" leases --format json "$work/trace.pscope" >"$work/leases"
	"$poolscope" analyze --format json "$work/trace.pscope" >"$work/report" || [ $? -eq 1 ]
	"$poolscope" show --kind pool_state --format json "$work/trace.pscope" >"$work/states"
	scripts/check-pool.py "$work"/{leases,report,states,account} "$pool" "$leaks" ${stress:+--stress}
}

# The Go versions of a pool, the one of --quick first. Debian's newest libraries of PostgreSQL and Redis want newer ones.
versions_of() {
	case $1 in
	pgxpool5 | pgxstdlib) echo 1.27.3 1.26.6 1.25.5 ;;
	goredis9) echo 1.24.11 1.21.13 1.22.10 1.23.9 1.25.5 1.26.6 1.27.3 ;;
	http1 | netdial) echo 1.26.6 1.21.13 1.22.10 1.23.9 1.24.11 1.25.5 1.27.3 system ;;
	redigo | gosnmp | mongo | http2) echo 1.27.3 1.21.13 1.22.10 1.23.9 1.24.11 1.25.5 1.26.6 system ;;
	databasesql | mysql | pgxpool4) echo 1.24.11 1.21.13 1.22.10 1.23.9 1.25.5 1.26.6 1.27.3 system ;;
	esac
}

# Debian's libraries of the program: an old and a new generation of them.
suite_of() {
	case $1:$2 in
	pgxpool5:* | pgxstdlib:* | goredis9:*) echo sid ;;
	redigo:1.2[5-7].* | gosnmp:1.2[5-7].* | mongo:1.2[5-7].* | mysql:1.2[5-7].*) echo sid ;;
	*) echo bookworm ;;
	esac
}

builds=(pie default stripped cgo)
# Each run of a pool: Go version and build.
runs_of() {
	local pool=$1 place=$2 version
	for version in $(versions_of "$pool"); do
		if [ "$pool" = databasesql ] && [ -z "$quick" ]; then
			printf "$version:%s " "${builds[@]}"
		else
			echo -n "$version:${builds[place++ % ${#builds[@]}]} "
		fi
		[ -z "$quick" ] || break
	done
}

build() {
	local pool=$1 binary=$2 go=$3 suite=$4 flags=-buildmode=exe linker="-s -w" cgo=0
	case $5 in
	default) linker= ;;
	pie) flags=-buildmode=pie ;;
	cgo) linker= cgo=1 ;;
	esac
	GO=$go GOFLAGS=$flags LDFLAGS=$linker CGO_ENABLED=$cgo LIBRARIES=.cache/go-packages/$suite \
		Examples/pools/build.sh "$pool" "$binary"
}

# The distribution's own Go, 1.19 in Debian 12.
system_go() { GOTOOLCHAIN=local go version 2>/dev/null | sed -n 's/^go version go\([0-9.]*\) .*/\1/p'; }

passed=0 failed=0 skipped=0
# Builds, records and checks: run POOL VERSION BUILD [STRESS]
run() {
	local pool=$1 version=$2 build=$3 stress=${4:-} go suite name binary
	go=.cache/go/$version/go/bin/go
	if [ "$version" = system ]; then go=$(command -v go || true) version=$(system_go); fi
	suite=$(suite_of "$pool" "$version")
	name="$pool, Go $version, $build, libraries of $suite${stress:+, under stress}"
	if [ ! -x "$go" ]; then
		echo "skip $name: not fetched (scripts/fetch-go.sh)"
		skipped=$((skipped + 1))
		return
	fi
	binary=.build/examples/pools/$pool-$version-$build
	mkdir -p "$(dirname "$binary")"
	if build "$pool" "$binary" "$go" "$suite" "$build" && record "$pool" "$binary" $stress >"$work/result"; then
		echo "ok   $name: $(cat "$work/result")"
		passed=$((passed + 1))
	else
		echo "FAIL $name"
		failed=$((failed + 1))
		[ -z "$program" ] || kill "$program" 2>/dev/null || true
		[ -z "$recorder" ] || kill -INT "$recorder" 2>/dev/null || true
		program= recorder=
	fi
	rm -f "$binary"
}

place=0
for pool in "${pools[@]}"; do
	runs=$(runs_of "$pool" $((place++)))
	[ -n "$runs" ] || { echo "pool-matrix: no pool $pool" >&2; exit 64; }
	serve "$pool"
	for one in $runs; do run "$pool" "${one%:*}" "${one#*:}"; done
done
for pool in "${pools[@]}"; do
	case $pool in
	databasesql) stressed="system:default 1.24.11:stripped 1.27.3:pie" ;;
	gosnmp) stressed="system:stripped 1.27.3:cgo" ;;
	*) continue ;;
	esac
	serve "$pool"
	if [ -n "$quick" ]; then
		[ "$pool" != databasesql ] || run "$pool" system default 5000
		continue
	fi
	for one in $stressed; do run "$pool" "${one%:*}" "${one#*:}" 100000; done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
