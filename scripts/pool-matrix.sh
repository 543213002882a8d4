#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every pool library against a real server on loopback, by Go version, at a fixed address and position-independent,
# all stripped: a program that keeps account of its leases (Examples/pools) is recorded, and every lease of the trace is
# held against the account: the same leases on the same connections, wait and hold as measured, the leaked ones open.
#
#   scripts/pool-matrix.sh [--quick] [POOL...]     all pools unless told; --quick: each once
#
# Wants .build/poolscope (or POOLSCOPE), redis-server, PostgreSQL, python3 and root. Starts and ends its own servers.
set -euo pipefail
cd "$(dirname "$0")/.."
quick=
[ "${1:-}" != --quick ] || { quick=yes; shift; }
poolscope=$(realpath "${POOLSCOPE:-.build/poolscope}")
pools=("$@")
[ $# -ne 0 ] || pools=(databasesql pgxpool4 pgxpool5 redigo goredis9 http1 http2)
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
recorder= program= redis= web=
cleanup() {
	local process
	for process in "$recorder" "$program" "$redis" "$web"; do
		[ -z "$process" ] || kill "$process" 2>/dev/null || true
	done
	[ ! -e "$work/postgres/data/postmaster.pid" ] || scripts/postgres.sh stop "$work/postgres" || true
	wait 2>/dev/null || true
	rm -rf "$work" 2>/dev/null || "${as_root[@]}" rm -rf "$work"
}
trap cleanup EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts the server of a pool, once, and leaves how to reach it in $server.
serve() {
	case $1 in
	databasesql | pgxpool*)
		if [ ! -d "$work/postgres" ]; then
			mkdir "$work/postgres"
			scripts/postgres.sh init "$work/postgres"
			scripts/postgres.sh start "$work/postgres"
		fi
		server=$(scripts/postgres.sh dsn "$work/postgres")
		;;
	redigo | goredis*)
		if [ -z "$redis" ]; then
			redis_port=$(free_port)
			(cd "$work" && exec redis-server --port "$redis_port" --bind 127.0.0.1 --save "" --appendonly no) \
				>"$work/redis.log" &
			redis=$!
			await "$work/redis.log" 'Ready to accept' "$redis"
		fi
		server=127.0.0.1:$redis_port
		;;
	http2) server= ;;
	http1)
		if [ -z "$web" ]; then
			web_port=$(free_port)
			mkdir "$work/web"
			seq 200 >"$work/web/page"
			python3 -u -m http.server --protocol HTTP/1.1 --bind 127.0.0.1 --directory "$work/web" "$web_port" \
				>"$work/web.log" 2>&1 &
			web=$!
			await "$work/web.log" '^Serving' "$web"
		fi
		server=http://127.0.0.1:$web_port/page
		;;
	esac
}

# Waits until a file has a line that matches, or fails.
await() {
	local file=$1 pattern=$2 process=$3
	for _ in $(seq 300); do
		grep -q -E "$pattern" "$file" 2>/dev/null && return
		kill -0 "$process" 2>/dev/null || break
		sleep 0.1
	done
	cat "$file" >&2
	echo "pool-matrix: no \"$pattern\" in $file" >&2
	return 1
}

# Records one program while it does its work.
record() {
	local pool=$1 binary=$2
	rm -f "$work"/{account,leases,record,report,trace}* "$work"/{out,log}
	"$binary" -server "$server" -truth "$work/account" -leaks "$leaks" >"$work/out" 2>"$work/log" &
	program=$!
	await "$work/out" '^ready' "$program" || return 1
	"${as_root[@]}" "$poolscope" record --pid "$program" -o "$work/trace.pscope" --pool net/http >"$work/record.out" 2>"$work/record.log" &
	recorder=$!
	await "$work/record.log" '^Recording ' "$recorder" || return 1
	kill -USR1 "$program"
	await "$work/out" '^done' "$program" || { cat "$work/log" >&2; return 1; }
	# Whoever holds a connection that other goroutines use has not surely leaked it before it has been silent for long.
	# Others must be silent for a second after their holder has ended.
	case $pool in http1) sleep 6 ;; *) sleep 2 ;; esac
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
	scripts/check-pool.py "$work/leases" "$work/report" "$work/account" "$pool" "$leaks"
}

# The toolchains and libraries of each run of a pool: Go version, suite, build mode. Debian's older libraries are for
# every Go, its newer pgx wants the newest.
runs_of() {
	case $1 in
	databasesql | pgxpool4) echo "1.24.11:bookworm:pie 1.21.13:bookworm:exe 1.27.3:bookworm:pie" ;;
	pgxpool5) echo "1.27.3:sid:pie 1.26.6:sid:exe" ;;
	redigo) echo "1.27.3:sid:pie 1.21.13:bookworm:pie 1.24.11:bookworm:exe" ;;
	goredis9) echo "1.24.11:sid:pie 1.21.13:sid:exe 1.27.3:sid:pie" ;;
	http2) echo "1.27.3:bookworm:pie 1.21.13:bookworm:exe" ;;
	http1) echo "1.26.6:bookworm:pie 1.21.13:bookworm:exe 1.27.3:bookworm:pie" ;;
	esac
}

# The distribution's own Go, 1.19 in Debian 12.
system_go() { GOTOOLCHAIN=local go version 2>/dev/null | sed -n 's/^go version go\([0-9.]*\) .*/\1/p'; }

passed=0 failed=0 skipped=0
for pool in "${pools[@]}"; do
	runs=$(runs_of "$pool")
	[ -n "$runs" ] || { echo "pool-matrix: no pool $pool" >&2; exit 64; }
	case $pool in
	databasesql | pgxpool4 | redigo | http1 | http2) runs="$runs system:bookworm:exe" ;;
	esac
	[ -z "$quick" ] || runs=${runs%% *}
	serve "$pool"
	for run in $runs; do
		IFS=: read -r version suite mode <<<"$run"
		go=.cache/go/$version/go/bin/go
		if [ "$version" = system ]; then go=$(command -v go || true) version=$(system_go); fi
		name="$pool, Go $version, $mode, libraries of $suite"
		if [ ! -x "$go" ]; then
			echo "skip $name: not fetched (scripts/fetch-go.sh)"
			skipped=$((skipped + 1))
			continue
		fi
		binary=.build/examples/pools/$pool-$version-$mode
		mkdir -p "$(dirname "$binary")"
		if GO=$go GOFLAGS=-buildmode=$mode LIBRARIES=.cache/go-packages/$suite Examples/pools/build.sh "$pool" "$binary" &&
			record "$pool" "$binary" >"$work/result"; then
			echo "ok   $name: $(cat "$work/result")"
			passed=$((passed + 1))
		else
			echo "FAIL $name"
			failed=$((failed + 1))
			[ -z "$program" ] || kill "$program" 2>/dev/null || true
			[ -z "$recorder" ] || kill -INT "$recorder" 2>/dev/null || true
			program= recorder=
		fi
	done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
