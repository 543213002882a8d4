#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL server of one's own, in a folder of its own: nothing of the system's PostgreSQL is touched.
#
#   scripts/postgres.sh init DIR          makes DIR and a cluster with the tables of Examples/leaky-service in it
#   scripts/postgres.sh start DIR [PORT]  starts it; it listens on 127.0.0.1:PORT (a free one) and on a Unix socket in DIR
#   scripts/postgres.sh dsn DIR           connection string over TCP; dsn-tls: with TLS; dsn-unix: over the Unix socket
#   scripts/postgres.sh stop DIR
#
# PostgreSQL refuses to run as root: root runs it as the user "postgres" of Debian's package. Without fsync, as the
# data is not worth anything.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
command=${1:?init, start, dsn, dsn-tls, dsn-unix or stop} directory=${2:?folder}
binaries=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n1)
[ -n "$binaries" ] || { echo "postgres.sh: no server in /usr/lib/postgresql: scripts/install-dependencies.sh demo" >&2; exit 1; }

as_server=()
[ "$(id -u)" -ne 0 ] || as_server=(setpriv --reuid=postgres --regid=postgres --init-groups --reset-env)

# The server's user may not be able to read the current folder.
server() { (cd / && "${as_server[@]}" "$@"); }

case $command in
init)
	mkdir -p "$directory"
	[ "$(id -u)" -ne 0 ] || chown postgres:postgres "$directory"
	log=$(server "$binaries/initdb" -D "$directory/data" -U shop --auth=trust --no-sync --locale=C -E UTF8 2>&1) ||
		{ echo "$log" >&2; exit 1; }
	server tee -a "$directory/data/postgresql.conf" >/dev/null <<-EOT
		listen_addresses = '127.0.0.1'
		unix_socket_directories = '$directory'
		fsync = off
		shared_buffers = 16MB
		max_connections = 20
		logging_collector = off
		autovacuum = off
	EOT
	# With TLS for those who ask for it, where a certificate can be made.
	if command -v openssl >/dev/null; then
		server openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 \
			-keyout "$directory/data/server.key" -out "$directory/data/server.crt" 2>/dev/null
		server chmod 600 "$directory/data/server.key"
		server tee -a "$directory/data/postgresql.conf" >/dev/null <<<"ssl = on"
	fi
	# In single-user mode each line is a statement, unless -j: then an empty line after a semicolon ends one.
	{ sed 's/;$/;\n/' "$repository/Examples/leaky-service/schema.sql"; } |
		server "$binaries/postgres" --single -j -D "$directory/data" postgres >"$directory/init.log" 2>&1
	if grep -E 'ERROR|FATAL' "$directory/init.log" >&2; then exit 1; fi
	;;
start)
	port=${3:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
	server "$binaries/pg_ctl" start --silent -w -t 60 -D "$directory/data" -l "$directory/server.log" -o "-p $port" ||
		{ cat "$directory/server.log" >&2; exit 1; }
	echo "$port" >"$directory/port"
	;;
dsn) echo "host=127.0.0.1 port=$(cat "$directory/port") user=shop dbname=postgres sslmode=disable" ;;
dsn-tls) echo "host=127.0.0.1 port=$(cat "$directory/port") user=shop dbname=postgres sslmode=require" ;;
dsn-unix) echo "host=$directory port=$(cat "$directory/port") user=shop dbname=postgres sslmode=disable" ;;
stop) server "$binaries/pg_ctl" stop --silent -m immediate -w -D "$directory/data" ;;
*) echo "postgres.sh: unknown command $command" >&2; exit 64 ;;
esac
