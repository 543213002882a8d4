#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What kprobes, fentry and tracepoints cost, in instructions: an emulated processor on which each takes a nanosecond of the
# guest's time, so that the kernel's own measure of a BPF program counts them. No cache, no pipeline: not a time.
#
#   scripts/vm/cost.sh [SUITE...]     trixie unless told; results in .build/vm/SUITE-cost/
set -euo pipefail
cd "$(dirname "$0")/../.."
suites=("${@:-trixie}")
scripts/fetch-kernels.sh >/dev/null
tools=.build/vm/tools
mkdir -p "$tools"
gcc -O2 -Wall -Wextra -pthread -o "$tools/call_cost" Benchmarks/native/call_cost.c
gcc -O2 -Wall -Wextra -o "$tools/twin" Benchmarks/native/twin.c -lbpf
"${BPF_CLANG:-clang}" -O2 -g -Wall -Werror -target bpf -mcpu=v3 -idirafter "/usr/include/$(uname -m)-linux-gnu" \
	-c Benchmarks/native/twin.bpf.c -o "$tools/twin.bpf.o"
scripts/vm/build-image.sh
for suite in "${suites[@]}"; do
	scripts/vm/run.sh "$suite-cost"
	Tests/vm/cost.py "$suite"
done
