#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the program of one pool.
#
#   Examples/pools/build.sh POOL OUTPUT      POOL: the build tag of one of the files here
#
# GO is the toolchain (go), GOFLAGS its flags (-buildmode=pie), LDFLAGS the linker's (-s -w: stripped), CGO_ENABLED 0 unless
# told; LIBRARIES the GOPATH with the library, one of those of scripts/fetch-go-packages.sh.
set -euo pipefail
pool=${1:?pool} output=$(realpath -m "${2:?output}")
libraries=$(realpath "${LIBRARIES:?a GOPATH}")
go=$(realpath "$(command -v "${GO:-go}")")
cd "$(dirname "$0")"
cache=$PWD/../../.cache/go-build
gopath=$libraries
case $pool in
*vendored)
	# A copy of the library for the program, and one for a package that brings its own along: each below a vendor folder of
	# a GOPATH made for this build.
	gopath=$(mktemp -d)
	trap 'rm -rf "$gopath"' EXIT
	library=github.com/gomodule/redigo
	for folder in pools example.org/reports; do
		mkdir -p "$gopath/src/$folder/vendor/$library"
		cp -r "$libraries/src/$library/redis" "$gopath/src/$folder/vendor/$library/"
	done
	cp ./*.go "$gopath/src/pools/"
	cp reports/*.go "$gopath/src/example.org/reports/"
	cd "$gopath/src/pools"
	;;
esac
env GO111MODULE=off GOTOOLCHAIN=local GOPATH="$gopath" GOCACHE="$cache" \
	CGO_ENABLED="${CGO_ENABLED:-0}" "$go" build -tags "$pool" -ldflags "${LDFLAGS--s -w}" -o "$output" .
