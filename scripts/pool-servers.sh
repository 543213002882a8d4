# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# The servers that the programs of Examples/pools talk to, each on loopback, at a free port, with its data in $work.
# To be sourced; wants $work, an empty folder. `serve POOL` starts what is missing and leaves how to reach it in $server;
# `stop_servers` ends all that were started.

server_processes=()
redis= web= web_tls= mysql= snmp= mongo=

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
free_datagram_port() {
	python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
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
	echo "$(basename "$0"): no \"$pattern\" in $file" >&2
	return 1
}

# Starts a server and waits for the line in its output that says it is ready.
start_server() {
	local name=$1 pattern=$2
	shift 2
	(cd "$work" && exec "$@") >"$work/$name.log" 2>&1 &
	server_processes+=($!)
	await "$work/$name.log" "$pattern" $!
}

serve_postgres() {
	if [ ! -d "$work/postgres" ]; then
		mkdir "$work/postgres"
		scripts/postgres.sh init "$work/postgres"
		scripts/postgres.sh start "$work/postgres"
	fi
	server=$(scripts/postgres.sh "${1:-dsn}" "$work/postgres")
}

serve_redis() {
	if [ -z "$redis" ]; then
		redis=127.0.0.1:$(free_port)
		start_server redis 'Ready to accept' \
			redis-server --port "${redis##*:}" --bind 127.0.0.1 --save "" --appendonly no
	fi
	server=$redis
}

# MariaDB, whose root has no password. Root runs it as the user of Debian's package.
serve_mysql() {
	local as=()
	if [ -z "$mysql" ]; then
		mysql=127.0.0.1:$(free_port)
		mkdir "$work/mysql" "$work/mysql/tmp"	# the caller's TMPDIR may not be open to its user
		if [ "$(id -u)" -eq 0 ]; then
			chown mysql "$work/mysql" "$work/mysql/tmp"
			as=(--user=mysql)
		fi
		mariadb-install-db --no-defaults --datadir="$work/mysql/data" --tmpdir="$work/mysql/tmp" --skip-test-db --auth-root-authentication-method=normal \
			"${as[@]}" >"$work/mysql.install.log" 2>&1 || { cat "$work/mysql.install.log" >&2; return 1; }
		start_server mysql 'ready for connections' mariadbd --no-defaults --datadir="$work/mysql/data" --tmpdir="$work/mysql/tmp" "${as[@]}" \
			--bind-address=127.0.0.1 --port="${mysql##*:}" --socket="$work/mysql/socket" --pid-file="$work/mysql/pid" \
			--skip-name-resolve --skip-log-bin --innodb-flush-log-at-trx-commit=0
	fi
	server="root@tcp($mysql)/"
}

# nginx keeps a connection for as many requests and as long as the test may take.
serve_web() {
	if [ -z "$web" ]; then
		web=127.0.0.1:$(free_port) web_tls=127.0.0.1:$(free_port)
		openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 -keyout "$work/web.key" -out "$work/web.crt" \
			2>/dev/null
		mkdir "$work/web"
		seq 200 >"$work/web/page"
		chmod 755 "$work/web"
		cat >"$work/nginx.conf" <<-EOT
			daemon off;
			pid $work/nginx.pid;
			error_log stderr notice;
			events { worker_connections 256; }
			http {
				access_log off;
				client_body_temp_path $work/nginx-body;
				proxy_temp_path $work/nginx-proxy;
				fastcgi_temp_path $work/nginx-fastcgi;
				uwsgi_temp_path $work/nginx-uwsgi;
				scgi_temp_path $work/nginx-scgi;
				keepalive_requests 1000000;
				keepalive_timeout 600s;
				server { listen $web; root $work/web; }
				server {
					listen $web_tls ssl;
					ssl_certificate $work/web.crt;
					ssl_certificate_key $work/web.key;
					root $work/web;
				}
			}
		EOT
		start_server nginx 'start worker process ' nginx -c "$work/nginx.conf"
	fi
	server=${1:-http}://$web/page
	[ "${1:-http}" = http ] || server=$1://$web_tls/page
}

serve_snmp() {
	if [ -z "$snmp" ]; then
		snmp=127.0.0.1:$(free_datagram_port)
		echo "rocommunity public 127.0.0.1" >"$work/snmpd.conf"
		start_server snmpd 'NET-SNMP version' snmpd -f -Lo -C -c "$work/snmpd.conf" -r -I -smux \
			-p "$work/snmpd.pid" "udp:$snmp"
	fi
	server=$snmp
}

serve_mongo() {
	if [ -z "$mongo" ]; then
		start_server mongo '^ready ' "$PWD/scripts/mongo-stand-in.py"
		mongo=$(sed -n 's/^ready //p' "$work/mongo.log")
	fi
	server=mongodb://$mongo/
}

# POOL may be POOL+tls or POOL+unix, to reach its server so.
serve() {
	case $1 in
	databasesql+tls | pgx*+tls) serve_postgres dsn-tls ;;
	databasesql+unix | pgx*+unix) serve_postgres dsn-unix ;;
	http1+tls) serve_web https ;;
	databasesql* | pgxstdlib* | pgxpool*) serve_postgres ;;
	redigo* | goredis* | netdial) serve_redis ;;
	mysql) serve_mysql ;;
	mongo) serve_mongo ;;
	gosnmp) serve_snmp ;;
	http1) serve_web ;;
	http2) server= ;;
	esac
}

stop_servers() {
	local process
	for process in "${server_processes[@]}"; do kill "$process" 2>/dev/null || true; done
	[ ! -e "$work/postgres/data/postmaster.pid" ] || scripts/postgres.sh stop "$work/postgres" || true
	for process in "${server_processes[@]}"; do wait "$process" 2>/dev/null || true; done
}
