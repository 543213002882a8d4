#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the targets and the twin into Benchmarks/.build. Needs gcc, libbpf-dev, a clang with the bpf target (Swift's
# has it), and for the pool measurements Go: Debian's and one of scripts/fetch-go.sh.
set -eu

cd "$(dirname "$0")"
root=$(cd .. && pwd)
mkdir -p .build

for program in echo_server echo_load echo_paced socket_flood call_cost addition; do
    gcc -O2 -Wall -Wextra -pthread -o .build/$program native/$program.c
done
gcc -O2 -Wall -Wextra -o .build/twin native/twin.c -lbpf
"${BPF_CLANG:-clang}" -O2 -g -Wall -Werror -target bpf -mcpu=v3 -idirafter "/usr/include/$(uname -m)-linux-gnu" \
    -c native/twin.bpf.c -o .build/twin.bpf.o

export GOFLAGS=-mod=mod GOTOOLCHAIN=local GOPROXY=off GOCACHE="$PWD/.build/go-cache"
newer=${POOLSCOPE_GO_CACHE:-$root/.cache/go}/1.24.11/go/bin/go
cd pool
if command -v go >/dev/null; then
    go build -o ../.build/pool-older .
fi
if [ -x "$newer" ]; then
    "$newer" build -o ../.build/pool-newer .
    if [ ! -x ../.build/pool-large ]; then
        python3 generate.py generated 60000 100
        "$newer" build -tags large -o ../.build/pool-large .
        strip -o ../.build/pool-large-stripped ../.build/pool-large
    fi
fi
