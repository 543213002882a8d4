#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Boots one kernel of the matrix on the root image, and takes the guest's /results out.
#
#   scripts/vm/run.sh SUITE          e.g. bookworm; results in .build/vm/SUITE/
#   scripts/vm/run.sh SUITE-smp      on two processors, one of which goes and comes back; results in .build/vm/SUITE-smp/
#   scripts/vm/run.sh SUITE-cost     a nanosecond is an instruction: see scripts/vm/cost.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
suite=${1:?suite}
kernel=.cache/kernels/${suite%%-*}/vmlinuz
variant=all
machine=(-smp 1)
case "$suite" in
*-smp) variant=smp machine=(-smp 2) ;;
*-cost) variant=cost machine=(-smp 1 -icount "shift=0,sleep=off") ;;
esac
results=.build/vm/$suite
disk=.build/vm/$suite.ext4
limit=1200 # seconds: several times what a run takes
attempts=3
trap 'rm -f "$disk"' EXIT
rm -f "$disk".crash.*

# One boot. With two processors emulation itself crashes newer kernels; 5.10 and 6.1 are clean. No KVM, so that it runs
# anywhere. NVMe and ext4 are built into Debian's cloud kernels: no initramfs, no modules.
boot() {
	local status=0
	rm -rf "$results"
	mkdir -p "$results"
	cp --sparse=always .build/vm/root.ext4 "$disk"
	timeout --kill-after=10 "$limit" qemu-system-x86_64 -accel tcg -cpu max "${machine[@]}" -m 1024 -nographic -no-reboot -net none \
		-kernel "$kernel" -append "console=ttyS0 quiet panic=-1 root=/dev/nvme0n1 rw init=/init tests=$variant" \
		-drive "file=$disk,format=raw,if=none,id=disk,cache=unsafe" -device nvme,drive=disk,serial=disk \
		</dev/null >"$results/console.log" 2>&1 || status=$?
	[ "$status" -eq 0 ] || echo "qemu: status $status" >>"$results/console.log"
	debugfs -R "rdump /results $results" "$disk" >"$results/debugfs.log" 2>&1 || true
	if [ -d "$results/results" ]; then
		mv "$results"/results/* "$results"/ 2>/dev/null || true
		rmdir "$results/results"
	fi
}

# A kernel that crashes is booted again, and check.py says so: now and then emulation corrupts a register or a stack
# slot in a kernel that holds up everywhere else. A crash of our making comes again, and fails.
# A trace in its log is a crash too, even where the kernel goes on: an interrupted exception handler leaves it unable to
# read user stacks, for one.
for attempt in $(seq "$attempts"); do
	boot
	cat "$results/console.log" "$results/dmesg" >"$disk.crash.$attempt.log" 2>/dev/null || true
	if ! grep -a -q -E 'Oops: |BUG: |Kernel panic|end trace ' "$disk.crash.$attempt.log"; then
		rm "$disk.crash.$attempt.log"
		break
	fi
done
echo "$attempt" >"$results/attempt"
[ -s "$results/guest.status" ]
