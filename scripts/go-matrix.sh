#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The demo's leaking service, stripped, as each Go version builds it, at a fixed address and position-independent: each is
# recorded live, and the report must name the same leaks.
#
#   scripts/go-matrix.sh [VERSION...]     those that scripts/fetch-go.sh fetches unless told
set -euo pipefail
cd "$(dirname "$0")/.."
versions=("$@")
[ $# -ne 0 ] || versions=(1.21.13 1.24.11 1.26.6 1.27.3)
services=()
for version in "${versions[@]}"; do
	for mode in exe pie; do
		folder=.build/examples/go-$version-$mode
		GO=.cache/go/$version/go/bin/go GOFLAGS=-buildmode=$mode Examples/build.sh "$folder"
		services+=("$folder/leaky-service")
	done
done
exec scripts/demo.sh 9 dsn "${services[@]}"
