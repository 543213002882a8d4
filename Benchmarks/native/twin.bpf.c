/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The least that a tracer can do at the same hooks: one 64-byte record, no wake-up. What poolscope is measured against. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual BSD/GPL";

const volatile __u32 target_process_id;

struct twin_record {
	__u64 timestamp_ns, thread, object, result, hook, rest[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} records SEC(".maps");

__u64 lost;

static __always_inline int emit(__u64 object, __u64 result, __u64 hook)
{
	__u64 thread = bpf_get_current_pid_tgid();
	if (thread >> 32 != target_process_id)
		return 0;
	struct twin_record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
	if (!record) {
		__atomic_fetch_add(&lost, 1, __ATOMIC_RELAXED);
		return 0;
	}
	record->timestamp_ns = bpf_ktime_get_ns();
	record->thread = thread;
	record->object = object;
	record->result = result;
	record->hook = hook;
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("raw_tracepoint/sock_recv_length") int twin_receive(struct bpf_raw_tracepoint_args *arguments)
{
	return emit(arguments->args[0], arguments->args[1], 1);
}

SEC("raw_tracepoint/sock_send_length") int twin_send(struct bpf_raw_tracepoint_args *arguments)
{
	return emit(arguments->args[0], arguments->args[1], 2);
}

SEC("uprobe") int twin_point(void *registers) { return emit((__u64)registers, 0, 3); }
