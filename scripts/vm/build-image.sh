#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the root file system of the VM matrix: .build/vm/root.ext4 with busybox, the release binary of poolscope, the
# example programs and a PostgreSQL server whose cluster is already made (initdb takes 30 s under emulation).
set -euo pipefail
cd "$(dirname "$0")/../.."
image=.build/vm/root.ext4
mkdir -p "$(dirname "$image")"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root"/{bin,sbin,dev,proc,sys,tmp,run,etc,results,srv,usr/lib,usr/share,var}
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in $(busybox --list); do
	[ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
done
cp .build/examples/socket-workload .build/examples/socket-trouble .build/examples/leaky-service "$root/bin/"
cp scripts/vm/guest-init.sh "$root/init"
cp scripts/vm/guest-tests.sh scripts/vm/guest-cost.sh "$root/"
chmod 755 "$root/init"
echo 'root:x:0:0:root:/:/bin/sh
postgres:x:65534:65534:postgres:/srv:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:
postgres:x:65534:' >"$root/etc/group"
echo '127.0.0.1 localhost
::1 localhost' >"$root/etc/hosts"

# A program with the shared libraries that it names, at the same paths as here.
add_with_libraries() {
	local program=$1 target=$2 library
	mkdir -p "$root/$(dirname "$target")"
	cp -L "$program" "$root/$target"
	for library in $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
		[ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
	done
}

add_with_libraries "$(command -v chrt)" bin/chrt
[ ! -x .build/poolscope ] || add_with_libraries .build/poolscope bin/poolscope

# Those of scripts/vm/cost.sh.
if [ -d .build/vm/tools ]; then
	for tool in call_cost twin; do add_with_libraries ".build/vm/tools/$tool" "bin/$tool"; done
	cp .build/vm/tools/twin.bpf.o "$root/lib/"
fi

postgres=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n1)
version=$(basename "$(dirname "$postgres")")
add_with_libraries "$postgres/postgres" "$postgres/postgres"
mkdir -p "$root/usr/lib/postgresql/$version/lib" "$root/usr/share/postgresql" "$root/usr/share/zoneinfo/Etc"
cp "/usr/lib/postgresql/$version/lib/"{plpgsql,dict_snowball}.so "$root/usr/lib/postgresql/$version/lib/"
cp -r "/usr/share/postgresql/$version" "$root/usr/share/postgresql/"
cp -L /usr/share/zoneinfo/Etc/UTC "$root/usr/share/zoneinfo/Etc/UTC"

# A place of its own, as the server's user must be able to reach it; the guest's init gives it to the guest's user.
cluster=$(mktemp -d)
chmod 755 "$cluster"
scripts/postgres.sh init "$cluster"
cp -r "$cluster/data" "$root/srv/data"
rm -rf "$cluster"
sed -i "s|^unix_socket_directories.*|unix_socket_directories = '/srv'|" "$root/srv/data/postgresql.conf"

rm -f "$image"
mke2fs -q -t ext4 -d "$root" -O ^has_journal -m 0 -E root_owner=0:0 "$image" 400M
