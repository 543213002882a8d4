#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What poolscope costs: builds the targets, measures, prints the table, writes Benchmarks/.build/overhead.json.
# Needs root and a release build (make release), or POOLSCOPE=path. Options: --rounds N, --seconds N, --without-others.
set -eu

cd "$(dirname "$0")"
poolscope=${POOLSCOPE:-../.build/poolscope}
if [ ! -x "$poolscope" ]; then
    echo "run.sh: $poolscope is missing: make release" >&2
    exit 1
fi
./build.sh
exec python3 -m overhead --json .build/overhead.json "$@"
