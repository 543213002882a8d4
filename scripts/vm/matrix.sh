#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The VM matrix: boots each of Debian's kernels, records in the guest, compares on this host with what was really done.
#
#   scripts/vm/matrix.sh [--quick] [SUITE...]     all that scripts/fetch-kernels.sh fetches, and two of them on two
#                                                 processors, unless told
#
# --quick: one of them on two processors.
#
# As many guests at once as there are cores. Results of each: .build/vm/SUITE/.
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in poolscope examples/leaky-service examples/socket-workload examples/socket-trouble; do
	[ -x ".build/$program" ] || { echo "matrix: no .build/$program: run \"make test-vm\"" >&2; exit 1; }
done

scripts/fetch-kernels.sh
smp=(bookworm-smp bullseye-smp)
[ "${1:-}" != --quick ] || { smp=(bookworm-smp); shift; }
suites=("$@")
[ $# -ne 0 ] || mapfile -t suites < <(ls .cache/kernels; printf '%s\n' "${smp[@]}")
scripts/vm/build-image.sh
printf '%s\n' "${suites[@]}" | xargs -P "$(nproc)" -I SUITE scripts/vm/run.sh SUITE || true
exec Tests/vm/check.py "${suites[@]}"
