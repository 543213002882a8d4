#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fetches Debian's own cloud kernels for the VM matrix into .cache/kernels/<suite>/{vmlinuz,version}.
#
#   scripts/fetch-kernels.sh            what is missing (no network when all are there)
#   scripts/fetch-kernels.sh --refresh  all of them anew
#
# The mirror is the one that this system's apt already uses; the installed archive keyring verifies the
# packages. The system's own package lists are not touched: each suite has a private apt root.
set -euo pipefail
cd "$(dirname "$0")/.."

# A suite for each kernel generation of the matrix: 5.10, 6.1, 6.12 and the newest.
suites=(bullseye bookworm trixie sid)
cache=$PWD/.cache/kernels
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() { echo "fetch-kernels: $*" >&2; exit 1; }

[ "${1:-}" = --refresh ] && rm -rf "$cache"
[ -r "$keyring" ] || die "no $keyring: install debian-archive-keyring"

# The URI of the mirror that serves a release of this system, e.g. bookworm or bookworm-security.
mirror_of() {
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
		awk -v release="$1" '$1 == release { sub(/\/$/, "", $2); print $2; exit }'
}

# apt with a root of its own.
private_apt() {
	local root=$1 tool=$2
	shift 2
	"$tool" -qq -o Dir::Etc="$root/etc" -o Dir::State="$root/state" -o Dir::Cache="$root/cache" \
		-o Dir::State::status="$root/status" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
		-o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false -o APT::Architecture=amd64 -o APT::Architectures=amd64 "$@"
}

# The first dependency of a package whose name matches, e.g. linux-image-cloud-amd64 -> linux-image-6.1.0-40-cloud-amd64.
dependency() {
	local root=$1 package=$2 pattern=$3
	private_apt "$root" apt-cache depends --important "$package" |
		sed -n 's/^[ |]*Depends: //p' | grep -E -m1 "$pattern" || true
}

# The package that holds the kernel image. linux-image-cloud-amd64 names the current linux-image-VERSION (in sid also
# linux-base-VERSION); newer Debian splits the image itself off into linux-binary-VERSION.
kernel_package() {
	local root=$1 package binary
	package=$(dependency "$root" linux-image-cloud-amd64 '^linux-image-[0-9]')
	[ -n "$package" ] || package=$(dependency "$root" linux-base-cloud-amd64 '^linux-base-[0-9]')
	[ -n "$package" ] || return 0
	binary=$(dependency "$root" "$package" '^linux-binary-[0-9]')
	echo "${binary:-$package}"
}

fetch() {
	local suite=$1 uri=$2 release=$3 work package image
	work=$(mktemp -d)
	mkdir -p "$work"/{etc/apt.conf.d,etc/preferences.d,state/lists/partial,cache/archives/partial,files}
	: >"$work/status"
	echo "deb [signed-by=$keyring] $uri $release main" >"$work/etc/sources.list"
	if ! private_apt "$work" apt-get update; then rm -rf "$work"; return 1; fi
	package=$(kernel_package "$work")
	if [ -z "$package" ]; then rm -rf "$work"; return 1; fi
	echo "fetch-kernels: $suite: $package" >&2
	if ! (cd "$work" && private_apt "$work" apt-get download "$package"); then rm -rf "$work"; return 1; fi
	dpkg-deb --fsys-tarfile "$work"/*.deb |
		tar -x -C "$work/files" --wildcards './boot/vmlinuz-*' './usr/lib/modules/*/vmlinuz' './lib/modules/*/vmlinuz' 2>/dev/null || true
	image=$(find "$work/files" -type f -name 'vmlinuz*' | head -n1)
	[ -n "$image" ] || die "$package holds no vmlinuz"
	mkdir -p "$cache/$suite"
	echo "${package#linux-image-}" | sed 's/^linux-binary-//' >"$cache/$suite/version"
	mv "$image" "$cache/$suite/vmlinuz"	# last: its presence says that the entry is complete
	rm -rf "$work"
}

. /etc/os-release
main_uri=$(mirror_of "$VERSION_CODENAME")
security_uri=$(mirror_of "$VERSION_CODENAME-security")
for suite in "${suites[@]}"; do
	[ -s "$cache/$suite/vmlinuz" ] && continue
	[ -n "$main_uri" ] || die "this system's apt names no mirror for $VERSION_CODENAME: see apt-get indextargets"
	fetch "$suite" "$main_uri" "$suite" ||
		{ [ -n "$security_uri" ] && fetch "$suite" "$security_uri" "$suite-security"; } ||
		die "cannot fetch the cloud kernel of $suite from $main_uri${security_uri:+ or $security_uri}"
done
for suite in "${suites[@]}"; do
	echo "$suite $(cat "$cache/$suite/version")"
done
