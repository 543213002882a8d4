#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds what the offline benchmark needs, and runs it: run.sh [EVENTS [SOCKETS]]. Wants a release build (make release).
set -eu
cd "$(dirname "$0")/../.."
POOLSCOPE_BENCH=1 swift build -c release --scratch-path .build/bench --product BenchTrace
if [ ! -x .cache/python/bin/python ]; then
	python3 -m venv .cache/python
	.cache/python/bin/pip install --quiet duckdb numpy pyarrow
fi
exec .cache/python/bin/python Benchmarks/offline/run.py "$@"
