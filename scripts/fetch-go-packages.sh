#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fetches Debian's Go libraries (source, as -dev packages ship it) for Examples/pools into
# .cache/go-packages/<suite>/src, a GOPATH each: an old and a new generation of them.
#
#   scripts/fetch-go-packages.sh            what is missing (no network when all are there)
#   scripts/fetch-go-packages.sh --refresh  all of them anew
#
# The mirror is the one that this system's apt already uses; the installed archive keyring verifies the packages. The
# system's own package lists are not touched: each suite has a private apt root. Nothing is installed, and no program of
# a package is run.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=$PWD/.cache/go-packages
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
packages_of() {
	case $1 in
	bookworm) echo golang-github-jackc-pgx-v4-dev golang-github-gomodule-redigo-dev \
		golang-github-go-sql-driver-mysql-dev golang-github-gosnmp-gosnmp-dev golang-mongodb-mongo-driver-dev ;;
	*) echo golang-github-jackc-pgx-v5-dev golang-github-redis-go-redis-dev golang-github-gomodule-redigo-dev \
		golang-github-go-sql-driver-mysql-dev golang-github-gosnmp-gosnmp-dev golang-mongodb-mongo-driver-dev ;;
	esac
}

die() { echo "fetch-go-packages: $*" >&2; exit 1; }

refresh=${1:-}
[ -r "$keyring" ] || die "no $keyring: install debian-archive-keyring"

# apt with a root of its own, in which nothing is installed.
private_apt() {
	local root=$1 tool=$2
	shift 2
	"$tool" -qq -o Dir::Etc="$root/etc" -o Dir::State="$root/state" -o Dir::Cache="$root/cache" \
		-o Dir::State::status="$root/status" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
		-o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false -o APT::Architecture=amd64 -o APT::Architectures=amd64 "$@"
}

# A library and the libraries that it depends on: only those ship Go source, and they depend on nothing else that a
# build needs.
libraries() {
	local root=$1
	shift
	private_apt "$root" apt-cache depends --recurse --important --no-suggests "$@" |
		grep -E '^golang-[a-z0-9.-]*-dev$' | sort -u
}

# Debian leaves the major version out of this path; in a GOPATH it has to be there.
place() {
	[ -d "$1" ] && [ ! -d "$1/$2" ] || return 0
	mv "$1" "$1.whole"
	mkdir "$1"
	mv "$1.whole" "$1/$2"
}

fetch() {
	local suite=$1 uri=$2 work=$3 list
	mkdir -p "$work"/{etc/apt.conf.d,etc/preferences.d,state/lists/partial,cache/archives/partial,files,debs}
	: >"$work/status"
	echo "deb [signed-by=$keyring] $uri $suite main" >"$work/etc/sources.list"
	private_apt "$work" apt-get update
	# shellcheck disable=SC2046
	mapfile -t list < <(libraries "$work" $(packages_of "$suite"))
	[ ${#list[@]} -gt 0 ] || die "$suite has none of: $(packages_of "$suite")"
	echo "fetch-go-packages: $suite: ${#list[@]} packages" >&2
	(cd "$work/debs" && private_apt "$work" apt-get download "${list[@]}")
	for package in "$work"/debs/*.deb; do dpkg-deb -x "$package" "$work/files"; done
	place "$work/files/usr/share/gocode/src/github.com/redis/go-redis" v9
	# The list is last: it says that the entry is whole, and what is in it.
	mkdir -p "$cache/$suite"
	rm -f "$cache/$suite/packages"
	[ ! -d "$cache/$suite/src" ] || mv "$cache/$suite/src" "$work/replaced"
	mv "$work/files/usr/share/gocode/src" "$cache/$suite/src"
	packages_of "$suite" >"$cache/$suite/packages"
}

. /etc/os-release
uri=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
	awk -v release="$VERSION_CODENAME" '$1 == release { sub(/\/$/, "", $2); print $2; exit }')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for suite in bookworm sid; do
	[ "$refresh" != --refresh ] && packages_of "$suite" | cmp -s - "$cache/$suite/packages" && continue
	[ -n "$uri" ] || die "this system's apt names no mirror for $VERSION_CODENAME: see apt-get indextargets"
	fetch "$suite" "$uri" "$work/$suite"
done
