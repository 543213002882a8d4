#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs in the guest, after guest-init.sh. Only records: what was recorded is compared with the truth on the host, by
# Tests/vm/check.py. Every part leaves its files in /results.

# Waits until a file has a line that starts so; gives up after 60 s.
await() {
	for _ in $(seq 600); do
		grep -q "^$2" "$1" 2>/dev/null && return 0
		sleep 0.1
	done
	echo "no \"$2\" in $1"
	return 1
}

# Waits until the recorder has armed its probes; gives up after 60 s, or when it has ended.
await_recorder() {
	for _ in $(seq 600); do
		grep -q '^Recording ' "$1" && return 0
		kill -0 "$2" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# What the kernel has attached to its functions.
attached() {
	cat /sys/kernel/debug/kprobes/list /sys/kernel/tracing/kprobe_events /sys/kernel/tracing/enabled_functions 2>/dev/null
}

# A C program with its options, recorded under a name through one rung of the attach ladder with one level of detail.
# Real-time, and the recorder too, its peer not: the kernel skips a BPF program for a task while another that was
# preempted inside it is on the same CPU. poolscope counts that as a loss, and there would be nothing exact to compare.
record_program() {
	name=$1 rung=$2 detail=$3
	shift 3
	rm -f /tmp/workload
	chrt --reset-on-fork --fifo 1 "$@" >/tmp/workload 2>&1 &
	workload=$!
	await /tmp/workload ready || return
	if [ "$rung" != none ]; then
		chrt --fifo 1 poolscope record --pid $workload --attach $rung --detail $detail -o /results/$name.pscope \
			>/results/$name.out 2>/results/$name.err &
		recorder=$!
		await_recorder /results/$name.err $recorder
		attached >/results/$name.armed
	fi
	kill -USR1 $workload
	wait $workload
	grep -v ^ready /tmp/workload >/results/$name.json
	if [ "$rung" != none ]; then
		wait $recorder
		echo $? >/results/$name.status
		attached >/results/$name.left
	fi
}

# More callers that wait than the kernel keeps kretprobe instances for.
record_blocked() {
	rm -f /tmp/workload
	chrt --fifo 1 socket-trouble blocked >/tmp/workload 2>&1 &
	workload=$!
	await /tmp/workload ready || return
	chrt --fifo 1 poolscope record --pid $workload --attach kprobe --maximum-returns 2 -o /results/trouble-blocked.pscope \
		>/results/trouble-blocked.out 2>/results/trouble-blocked.err &
	recorder=$!
	await_recorder /results/trouble-blocked.err $recorder
	kill -USR1 $workload
	wait $workload
	grep -v ^ready /tmp/workload >/results/trouble-blocked.json
	wait $recorder
}

# The leaking service on PostgreSQL, as in the demo but slower: emulation takes 20 to 50 times as long.
record_service() {
	su postgres -c "exec $(ls -d /usr/lib/postgresql/*/bin)/postgres -D /srv/data -p 5432" >/results/postgres.log 2>&1 &
	server=$!
	for _ in $(seq 300); do
		grep -q 'ready to accept connections' /results/postgres.log && break
		sleep 0.2
	done
	leaky-service -dsn "host=127.0.0.1 port=5432 user=shop dbname=postgres sslmode=disable" -warmup 600s -rounds 3 \
		-interval 6s -truth /results/service.truth >/tmp/service 2>/results/service.log &
	service=$!
	await /tmp/service ready || return
	if [ -x /bin/poolscope ]; then
		poolscope record --pid $service --attach kprobe --duration 60s -o /results/service.pscope \
			>/results/service.out 2>/results/service.err &
		recorder=$!
		await_recorder /results/service.err $recorder
	fi
	kill -USR1 $service
	if [ -x /bin/poolscope ]; then
		wait $recorder
		echo $? >/results/service.status
	else
		sleep 20
	fi
	kill $service
	wait $service
	kill -INT $server
	wait $server
}

# On two processors: the second goes and comes back all the while.
record_on_two_processors() {
	for rung in kprobe fentry; do
		while sleep 1; do
			echo 0 >/sys/devices/system/cpu/cpu1/online && echo gone >>/results/threads-$rung.processor
			sleep 1
			echo 1 >/sys/devices/system/cpu/cpu1/online && echo back >>/results/threads-$rung.processor
		done &
		switch=$!
		record_program threads-$rung $rung full socket-workload -t 13
		kill $switch
		wait $switch
		echo 1 >/sys/devices/system/cpu/cpu1/online
	done
}

# kill -9 of the recorder, with all its probes, while the target works.
kill_recorder() {
	rung=$1
	rm -f /tmp/workload
	grep -c ' bpf_prog_' /proc/kallsyms >/results/killed-$rung.programs
	socket-workload -t 13 >/tmp/workload 2>&1 &
	workload=$!
	await /tmp/workload ready || return
	poolscope record --pid $workload --attach $rung -o /results/killed-$rung.pscope >/dev/null 2>/tmp/killed-$rung.err &
	recorder=$!
	await_recorder /tmp/killed-$rung.err $recorder
	attached >/results/killed-$rung.armed
	grep -c ' bpf_prog_' /proc/kallsyms >>/results/killed-$rung.programs
	kill -USR1 $workload
	sleep 1
	kill -9 $recorder
	wait $workload
	echo $? >/results/killed-$rung.workload
	wait $recorder
	sleep 2	# the kernel frees programs after a grace period
	attached >/results/killed-$rung.left
	grep -c ' bpf_prog_' /proc/kallsyms >>/results/killed-$rung.programs
	# The next recording removes the names of kretprobes.
	poolscope record --pid $$ --attach $rung --duration 1s -o /tmp/next.pscope --force >/dev/null 2>&1
	attached >/results/killed-$rung.removed
}

# "tests" is of the kernel's command line, which gives init what it does not know.
# shellcheck disable=SC2154
case "$tests" in
smp)
	record_on_two_processors
	for rung in kprobe fentry; do kill_recorder $rung; done
	exit ;;
cost)
	exec sh /guest-cost.sh ;;
esac
record_program workload-none none full socket-workload
if [ -x /bin/poolscope ]; then
	poolscope doctor --format json >/results/doctor.json 2>/results/doctor.err
	poolscope doctor --load-all --format json >/results/programs.json 2>/results/programs.err
	rungs="kprobe fentry"
	# Their tracepoints for receives and sends begin with Linux 6.3.
	[ ! -d /sys/kernel/tracing/events/sock/sock_recv_length ] || rungs="$rungs tracepoint"
	echo $rungs >/results/rungs
	for rung in $rungs; do
		record_program workload-$rung $rung full socket-workload
		record_program trouble-$rung $rung full socket-trouble
		record_program threads-$rung $rung full socket-workload -t 13
	done
	record_program workload-kprobe-summary kprobe summary socket-workload
	record_blocked
fi
record_service
