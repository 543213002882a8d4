#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs that nobody here wrote: Debian's Prometheus exporters for PostgreSQL and SNMP, stripped, recorded while they
# are scraped, against real servers on loopback. Every lease is held against what the server and the scraper know
# (scripts/check-real-program.py).
#
#   scripts/real-programs.sh [SCRAPES]     20 unless told
#
# The programs are fetched by apt into .cache/real-programs and not installed. Wants .build/poolscope (or POOLSCOPE), what
# scripts/install-dependencies.sh test installs, and root.
set -euo pipefail
cd "$(dirname "$0")/.."
poolscope=$(realpath "${POOLSCOPE:-.build/poolscope}")
scrapes=${1:-20}
cache=.cache/real-programs

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo "real-programs: recording needs root: run as root, or install sudo" >&2; exit 1; }
	as_root=(sudo)
fi
[ -x "$poolscope" ] || { echo "real-programs: no $poolscope: run \"make release\"" >&2; exit 1; }

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

download() { (cd "$work/fetch" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$1"); }

fetch() {
	[ ! -d "$cache/$1" ] || return 0
	mkdir -p "$cache" "$work/fetch"
	# The system's package lists may be older than the package.
	download "$1" || { "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update && download "$1"; }
	dpkg-deb -x "$work/fetch/$1"_*.deb "$work/fetch/$1"
	mv "$work/fetch/$1" "$cache/$1"
}

# Starts an exporter and waits until it listens; $web is where.
start_program() {
	local name=$1 address
	shift
	address=127.0.0.1:$(free_port)
	web=http://$address
	"$cache/prometheus-$name/usr/bin/prometheus-$name" --web.listen-address="$address" "$@" >"$work/$name.log" 2>&1 &
	program=$!
	await "$work/$name.log" 'Listening on|TLS is disabled' "$program"
	for _ in $(seq 100); do
		scrape "$web/" >/dev/null 2>&1 && return
		sleep 0.1
	done
	echo "real-programs: $name does not answer" >&2
	return 1
}

scrape() { python3 -c 'import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1], timeout=30).read())' "$1"; }

start_recorder() {
	rm -f "$work"/trace.pscope
	"${as_root[@]}" "$poolscope" record --pid "$program" -o "$work/trace.pscope" "$@" >"$work/record.out" 2>"$work/record.log" &
	recorder=$!
	await "$work/record.log" '^Recording ' "$recorder"
}

# Ends the recording, checks it, and ends the program.
finish() {
	sleep 2
	kill -INT "$recorder"
	wait "$recorder" || true
	recorder=
	kill -0 "$program" || { echo "real-programs: the program is gone" >&2; return 1; }
	kill "$program"
	wait "$program" 2>/dev/null || true
	program=
	"${as_root[@]}" chown "$(id -u):$(id -g)" "$work/trace.pscope"
	"$poolscope" show --format json "$work/trace.pscope" >"$work/records"
	"$poolscope" analyze --format json "$work/trace.pscope" >"$work/report" || [ $? -eq 1 ]
	scripts/check-real-program.py "$1" "$work/records" "$work/report" "${@:2}"
}

postgres_exporter() {
	mkdir "$work/postgres"
	scripts/postgres.sh init "$work/postgres"
	# Each statement with the client's port: one line a lease, as the exporter sends each by the simple protocol.
	printf '%s\n' "log_statement = all" "log_line_prefix = '%r '" | "${as_root[@]}" tee -a "$work/postgres/data/postgresql.conf" >/dev/null
	scripts/postgres.sh start "$work/postgres"
	local DATA_SOURCE_NAME
	DATA_SOURCE_NAME="postgresql://shop@127.0.0.1:$(cat "$work/postgres/port")/postgres?sslmode=disable"
	export DATA_SOURCE_NAME
	start_program postgres-exporter
	start_recorder
	for _ in $(seq "$scrapes"); do scrape "$web/metrics" | grep '^pg_up 1' >/dev/null; done
	"${as_root[@]}" cat "$work/postgres/server.log" >"$work/statements"
	finish postgres "$work/statements"
}

# The last target refuses: its client is closed as well.
snmp_exporter() {
	serve gosnmp
	cat >"$work/snmp.yml" <<-'EOT'
		system:
		  walk: [1.3.6.1.2.1.1]
		  get: [1.3.6.1.2.1.1.3.0]
		  metrics:
		  - {name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge, help: Time since the agent started.}
		  version: 2
		  auth: {community: public}
	EOT
	start_program snmp-exporter --config.file="$work/snmp.yml"
	start_recorder --pool gosnmp
	for _ in $(seq "$scrapes"); do scrape "$web/snmp?module=system&target=$snmp" | grep '^sysUpTime ' >/dev/null; done
	local closed
	closed=127.0.0.1:$(free_datagram_port)
	! scrape "$web/snmp?module=system&target=$closed" 2>/dev/null || { echo "real-programs: $closed answers" >&2; return 1; }
	finish snmp "$snmp" "$scrapes" "$closed"
}

for name in postgres snmp; do
	fetch "prometheus-$name-exporter"
	echo "prometheus-$name-exporter: $("$cache/prometheus-$name-exporter/usr/bin/prometheus-$name-exporter" --version 2>&1 | head -n1)"
done
postgres_exporter
snmp_exporter
