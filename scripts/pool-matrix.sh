#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every pool library against a real server on loopback, by Go version and build: a program that keeps account of its
# leases (Examples/pools) is recorded, and every lease of the trace is held against the account: the same leases on the
# same connections, wait and hold as measured, the leaked ones open. MongoDB's server is a stand-in.
#
#   scripts/pool-matrix.sh [--quick | --hard] [POOL...]     all pools unless told
#
# --quick: each once, and of the following two for database/sql and pgxpool5, and for database/sql. --hard: these two alone.
#
# Then every pool, with an old Go and a new one, so that both places of a probe are had: after the stack check (Go 1.21
# and later), and on it (1.19):
#   attached: four recordings begin and end while the program is at work
#   under stress (-stress of Examples/pools): the collector never rests, short goroutines come and go, stacks grow at the
#   acquire
# The program must always end with exit code 0, and its own account be right. In CI a run that is skipped has failed, but
# for Go versions that are not fetched there.
#
# POOL+tls and POOL+unix reach their server so; POOL+idle keeps one idle connection at most; redigovendored has two copies
# of its library.
#
# Builds: default, stripped, pie (and stripped), cgo. Each pool meets each Go version, in one build after the other;
# database/sql all of both.
#
# Keeps traces and accounts of what failed in .build/pools.
#
# Wants .build/poolscope (or POOLSCOPE), what scripts/install-dependencies.sh test installs, and root. Starts and ends its
# own servers.
set -euo pipefail
cd "$(dirname "$0")/.."
quick= hard=
case ${1:-} in
--quick) quick=yes; shift ;;
--hard) hard=yes; shift ;;
esac
poolscope=$(realpath "${POOLSCOPE:-.build/poolscope}")
pools=("$@")
if [ $# -eq 0 ]; then
	pools=(databasesql mysql pgxstdlib pgxpool4 pgxpool5 redigo goredis9 mongo http1 http2 gosnmp netdial
		databasesql+unix databasesql+idle pgxpool5+tls http1+tls redigovendored)
	[ -n "$quick" ] || pools+=(databasesql+tls pgxstdlib+unix)
fi
leaks=2
fetched_in_ci="1.21.13 1.24.11 1.26.6 1.27.3 system" # scripts/fetch-go.sh without arguments

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

# The leases of a pool that is armed on request only are asked for.
request_of() {
	case $1 in
	http*) echo --pool net/http ;;
	gosnmp) echo --pool gosnmp ;;
	netdial) echo --pool net.Dial ;;
	esac
}

# Starts the program of a pool, to wait for its signal: start POOL BINARY OPTION...
start() {
	local binary=$2
	[ "$1" != databasesql+idle ] || set -- "$@" -idle 1 -workers 3
	shift 2
	rm -f "$work"/{account,leases,record,report,states,trace}* "$work"/{out,log}
	"$binary" -server "$server" -truth "$work/account" "$@" >"$work/out" 2>"$work/log" &
	program=$!
	await "$work/out" '^ready' "$program"
}

# Ends the program, which must have lived to see it, and well.
finish() {
	local status=0
	kill "$program" 2>/dev/null || true
	wait "$program" || status=$?
	program=
	[ "$status" -eq 0 ] || { echo "pool-matrix: the program ended with exit code $status" >&2; cat "$work/log" >&2; return 1; }
}

# Turns the trace into what check-pool.py reads.
#
# No lease of the call site that leaks ever comes back, so that who has ended may have handed it on: only its age tells a
# leak, and the default is longer than a run.
read_trace() {
	"${as_root[@]}" chown "$(id -u):$(id -g)" "$work/trace.pscope"
	"$poolscope" leases --format json "$work/trace.pscope" >"$work/leases"
	"$poolscope" leases --failed --format json "$work/trace.pscope" >"$work/account.trace-failed"
	"$poolscope" analyze --format json --threshold lease-leak.age=1s --threshold lease-leak.hold-factor=2 \
		"$work/trace.pscope" >"$work/report" || [ $? -eq 1 ]
	"$poolscope" show --kind pool_state --format json "$work/trace.pscope" >"$work/states"
}

# Records one program while it does its work. Under stress: with so many short goroutines.
record() {
	local pool=$1 binary=$2 stress=${3:-} request options=()
	[ -z "$stress" ] || options=(-stress "$stress" -turns 200)
	# Acquires that their own context ends, where the library hands on that context's error.
	case $pool in databasesql* | mysql | pgx* | redigo | goredis9) options+=(-give-up 7) ;; esac
	read -r -a request <<<"$(request_of "$pool")"
	start "$pool" "$binary" -leaks "$leaks" "${options[@]}" || return 1
	"${as_root[@]}" "$poolscope" record --pid "$program" -o "$work/trace.pscope" --census 100ms "${request[@]}" \
		>"$work/record.out" 2>"$work/record.log" &
	recorder=$!
	await "$work/record.log" '^Recording ' "$recorder" || return 1
	kill -USR1 "$program"
	await "$work/out" '^done' "$program" || { cat "$work/log" >&2; return 1; }
	sleep 2	# longer than the age of a leak (read_trace)
	kill -INT "$recorder"
	wait "$recorder" || true
	recorder=
	finish || return 1
	read_trace || return 1
	scripts/check-pool.py "$work"/{leases,report,states,account} "$pool" "$leaks" ${stress:+--stress} $alike
}

# Records one program that is at work, time and again: the probes come and go in the midst of its calls.
attach() {
	local pool=$1 binary=$2 request round status turns
	read -r -a request <<<"$(request_of "$pool")"
	start "$pool" "$binary" -leaks "$leaks" -turns 0 || return 1
	kill -USR1 "$program"
	await "$work/account" . "$program" || return 1
	for round in 1 2 3 4; do
		status=0
		"${as_root[@]}" "$poolscope" record --pid "$program" -o "$work/trace.$round" --census 100ms --duration 700ms \
			"${request[@]}" >"$work/record.out" 2>"$work/record.log" || status=$?
		if [ "$status" -gt 1 ]; then
			cat "$work/record.log" >&2
			echo "pool-matrix: recording $round ended with exit code $status" >&2
			return 1
		fi
	done
	kill -USR1 "$program"
	await "$work/out" '^done' "$program" || { cat "$work/log" >&2; return 1; }
	turns=$(sed -n 's/^done //p' "$work/out")
	finish || return 1
	for round in 1 2 3 4; do
		mv "$work/trace.$round" "$work/trace.pscope"
		read_trace || return 1
		scripts/check-pool.py "$work"/{leases,report,states,account} "$pool" "$leaks" --attached "$turns" || return 1
	done | tr '\n' ';'
}

# The Go versions of a pool, the one of --quick first. Debian's newest libraries want newer ones: pgx 5.10 calls
# sync.WaitGroup.Go (1.25), go-redis 9.22 imports slices (1.21); no older suite has them.
versions_of() {
	case $1 in
	pgx*+*) echo 1.27.3 ;;
	*+* | *vendored) echo 1.24.11 1.27.3 ;;
	pgxpool5 | pgxstdlib) echo 1.27.3 1.26.6 1.25.5 ;;
	goredis9) echo 1.24.11 1.21.13 1.22.10 1.23.9 1.25.5 1.26.6 1.27.3 ;;
	http1 | netdial) echo 1.26.6 1.21.13 1.22.10 1.23.9 1.24.11 1.25.5 1.27.3 system ;;
	redigo | gosnmp | mongo | http2) echo 1.27.3 1.21.13 1.22.10 1.23.9 1.24.11 1.25.5 1.26.6 system ;;
	databasesql | mysql | pgxpool4) echo 1.24.11 1.21.13 1.22.10 1.23.9 1.25.5 1.26.6 1.27.3 system ;;
	esac
}

# Debian's libraries of the program: an old and a new generation of them.
suite_of() {
	case ${1%+*}:$2 in
	pgxpool5:* | pgxstdlib:* | goredis9:*) echo sid ;;
	redigo*:1.2[5-7].* | gosnmp:1.2[5-7].* | mongo:1.2[5-7].* | mysql:1.2[5-7].*) echo sid ;;
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
		Examples/pools/build.sh "${pool%+*}" "$binary"
}

# The distribution's own Go, 1.19 in Debian 12.
system_go() { GOTOOLCHAIN=local go version 2>/dev/null | sed -n 's/^go version go\([0-9.]*\) .*/\1/p'; }

# Leaves the files of a run where they can be looked at.
keep() {
	local kept=.build/pools/$1
	rm -rf "$kept"
	mkdir -p "$kept"
	find "$work" -maxdepth 1 -type f -exec cp {} "$kept" ';'
	echo "     kept in $kept"
}

passed=0 failed=0 skipped=0 alike=
# Builds, records and checks: run POOL VERSION BUILD [attached | under stress of N]
run() {
	local pool=$1 version=$2 build=$3 mode=${4:-} go suite name binary wanted=$2 way
	go=.cache/go/$version/go/bin/go
	if [ "$version" = system ]; then go=$(command -v go || true) version=$(system_go); fi
	suite=$(suite_of "$pool" "$version")
	name="$pool, Go $version, $build, libraries of $suite${mode:+, $mode}"
	if [ ! -x "$go" ]; then
		if [ "${CI:-}" = true ] && [[ " $fetched_in_ci " = *" $wanted "* ]]; then
			echo "FAIL $name: no such Go, and CI has it"
			failed=$((failed + 1))
			return
		fi
		echo "skip $name: not fetched (scripts/fetch-go.sh)"
		skipped=$((skipped + 1))
		return
	fi
	binary=.build/examples/pools/$pool-$version-$build
	# Errors that are alike in type cannot be told there.
	alike=
	case $version:$build in 1.19.*:pie | 1.19.*:stripped) alike=--alike ;; esac
	case $mode in
	attached) way=(attach "$pool" "$binary") ;;
	*) way=(record "$pool" "$binary" ${mode##* }) ;;
	esac
	mkdir -p "$(dirname "$binary")"
	if build "$pool" "$binary" "$go" "$suite" "$build" && "${way[@]}" >"$work/result"; then
		echo "ok   $name: $(cat "$work/result")"
		passed=$((passed + 1))
	else
		echo "FAIL $name"
		failed=$((failed + 1))
		keep "$pool-$version-$build${mode:+-${mode%% *}}"
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
	[ -z "$hard" ] || continue
	serve "$pool"
	for one in $runs; do run "$pool" "${one%:*}" "${one#*:}"; done
done
# The oldest Go of a pool that CI has too, and the newest, each with a build.
ends_of() {
	case ${1%+*} in
	pgxpool5 | pgxstdlib) echo "1.26.6:default 1.27.3:stripped" ;;
	goredis9) echo "1.21.13:stripped 1.27.3:pie" ;;
	*) echo "system:default 1.27.3:pie" ;;
	esac
}
for pool in "${pools[@]}"; do
	serve "$pool"
	if [ -n "$quick" ]; then
		case $pool in databasesql | pgxpool5) run "$pool" "$(set -- $(versions_of "$pool"); echo "$1")" stripped attached ;; esac
		[ "$pool" != databasesql ] || run "$pool" system default "under stress of 5000"
		continue
	fi
	for one in $(ends_of "$pool"); do
		run "$pool" "${one%:*}" "${one#*:}" attached
		run "$pool" "${one%:*}" "${one#*:}" "under stress of 100000"
	done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
