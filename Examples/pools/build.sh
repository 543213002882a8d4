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
exec env GO111MODULE=off GOTOOLCHAIN=local GOPATH="$libraries" GOCACHE="$PWD/../../.cache/go-build" \
	CGO_ENABLED="${CGO_ENABLED:-0}" "$go" build -tags "$pool" -ldflags "${LDFLAGS--s -w}" -o "$output" .
