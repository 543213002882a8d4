#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs in a guest of which a nanosecond is an instruction, after guest-init.sh: what a send with a receive and a system call
# that nobody traces cost, and each BPF program by the kernel's own count, without a tracer and with each.
echo 1 >/proc/sys/kernel/bpf_stats_enabled

# Takes the target's numbers, and those of the tracer's programs: by tag, the names of which are in kallsyms.
measure() {
	name=$1
	echo >&3
	for _ in $(seq 600); do
		[ -s /tmp/costs ] && break
		sleep 0.1
	done
	cp /tmp/costs /results/$name.cost
	[ $name = none ] || cat /proc/$2/fdinfo/* 2>/dev/null | grep -E '^(prog_tag|run_time_ns|run_cnt):' >/results/$name.programs
	grep ' bpf_prog_' /proc/kallsyms | cut -d' ' -f3 | cut -f1 >/results/$name.names
}

start_target() {
	rm -f /tmp/orders /tmp/costs
	mkfifo /tmp/orders
	call_cost 20 </tmp/orders >/tmp/costs &
	target=$!
	exec 3>/tmp/orders
}

end_target() {
	exec 3>&-
	wait $target
}

start_target
measure none
end_target
for rung in kprobe fentry tracepoint; do
	start_target
	poolscope record --pid $target --attach $rung --detail full -o /results/$rung.pscope >/results/$rung.out 2>/results/$rung.err &
	tracer=$!
	for _ in $(seq 600); do
		grep -q '^Recording ' /results/$rung.err && break
		kill -0 $tracer || break
		sleep 0.1
	done
	measure $rung $tracer
	started=$(cut -d' ' -f1 /proc/uptime)
	kill -INT $tracer
	wait $tracer
	echo "$started $(cut -d' ' -f1 /proc/uptime)" >/results/$rung.end
	end_target
done
start_target
twin /lib/twin.bpf.o $target /tmp/twin.out sockets >/tmp/twin 2>&1 &
tracer=$!
for _ in $(seq 600); do
	grep -q armed /tmp/twin && break
	kill -0 $tracer || break
	sleep 0.1
done
measure twin $tracer
kill -TERM $tracer
wait $tracer
end_target
