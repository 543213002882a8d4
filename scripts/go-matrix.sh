#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The demo's leaking service, stripped, as each Go version builds it, at a fixed address and position-independent: each is
# recorded live, and the report must name the same leaks.
#
#   scripts/go-matrix.sh [--quick] [VERSION...]     those that scripts/fetch-go.sh fetches unless told
#
# --quick: each version in one of the two builds, in turn.
set -euo pipefail
cd "$(dirname "$0")/.."
quick=
[ "${1:-}" != --quick ] || { quick=yes; shift; }
versions=("$@")
[ $# -ne 0 ] || versions=(1.21.13 1.24.11 1.26.6 1.27.3)
services=()
modes=(exe pie)
place=0
for version in "${versions[@]}"; do
	chosen=("${modes[@]}")
	[ -z "$quick" ] || chosen=("${modes[place++ % 2]}")
	for mode in "${chosen[@]}"; do
		folder=.build/examples/go-$version-$mode
		GO=.cache/go/$version/go/bin/go GOFLAGS=-buildmode=$mode Examples/build.sh "$folder"
		services+=("$folder/leaky-service")
	done
done
exec scripts/demo.sh 9 dsn "${services[@]}"
