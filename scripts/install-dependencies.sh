#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs, by apt and only if missing, what a task needs on Debian 12 with Swift 6.3.
#
#   scripts/install-dependencies.sh lint|build|demo|test|bench      each but lint includes those before it
#
# Starts no service: Debian's packages of servers would, and that of PostgreSQL would make a cluster.
set -euo pipefail

lint=(clang-format shellcheck golang-go golang-github-lib-pq-dev python3-pip)
build=(make pkg-config libc6-dev binutils libbpf-dev libelf-dev libdw-dev zlib1g-dev libzstd-dev libcapstone-dev)
demo=("${build[@]}" postgresql-15 golang-go golang-github-lib-pq-dev util-linux procps iproute2 python3)
test=("${demo[@]}" "${lint[@]}" valgrind openssl redis-server golang-github-gomodule-redigo-dev nftables mariadb-server nginx-light snmpd gcc
	qemu-system-x86 busybox-static e2fsprogs debian-archive-keyring xz-utils python3-pip tcpdump)
bench=("${test[@]}" bpftrace linux-perf strace python3-venv)

case "${1:-}" in
lint) wanted=("${lint[@]}") ;;
build) wanted=("${build[@]}") ;;
demo) wanted=("${demo[@]}") ;;
test) wanted=("${test[@]}") ;;
bench) wanted=("${bench[@]}") ;;
*) echo "usage: $0 lint|build|demo|test|bench" >&2; exit 64 ;;
esac

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
for package in "${wanted[@]}"; do
	installed "$package" || missing+=("$package")
done

if ! command -v swift >/dev/null; then
	echo "install-dependencies: swift is not on the PATH. Install Swift 6.3 or later: https://www.swift.org/install" >&2
	exit 1
fi
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "install-dependencies: missing packages, and neither root nor sudo to install them. As root:" >&2
		echo "  apt-get install ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo)
fi

# Both files are put there for the time of the installation only, and only if the administrator has none.
no_cluster=/etc/postgresql-common/createcluster.d/poolscope-install.conf
no_start=/usr/sbin/policy-rc.d
made=()
log=$(mktemp)
restore() {
	[ ${#made[@]} -eq 0 ] || "${as_root[@]}" rm -f "${made[@]}"
	"${as_root[@]}" rmdir --ignore-fail-on-non-empty "$(dirname "$no_cluster")"
	rm -f "$log"
}
trap restore EXIT
"${as_root[@]}" mkdir -p "$(dirname "$no_cluster")"
echo "create_main_cluster = false" | "${as_root[@]}" tee "$no_cluster" >/dev/null
made+=("$no_cluster")
if [ ! -e "$no_start" ]; then
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$no_start" >/dev/null
	"${as_root[@]}" chmod 755 "$no_start"
	made+=("$no_start")
fi

loud() {
	if ! "$@" >"$log" 2>&1; then
		cat "$log" >&2
		echo "install-dependencies: failed: $*" >&2
		exit 1
	fi
}
echo "install-dependencies: ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
loud "${apt[@]}" update
loud "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"
