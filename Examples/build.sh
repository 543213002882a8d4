#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the example programs into .build/examples (or the folder given): a stripped, static Go service from Debian's
# Go packages alone, without network, and static C programs.
set -euo pipefail
cd "$(dirname "$0")/.."
output=${1:-.build/examples}
mkdir -p "$output"
output=$(cd "$output" && pwd)
go=$(command -v "${GO:-go}")
go=$(realpath "$go")

# GOPATH mode: Debian ships Go libraries as source below /usr/share/gocode.
(cd Examples/leaky-service &&
	env GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$PWD/../../.cache/go-build" CGO_ENABLED=0 \
		"$go" build -ldflags "-s -w" -o "$output/leaky-service" .)

if compiler=$(command -v clang || command -v gcc); then
	for program in socket-workload socket-trouble soak; do
		"$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread -o "$output/$program" "Examples/$program"/*.c
	done
fi
