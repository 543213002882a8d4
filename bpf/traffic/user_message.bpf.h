/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef POOLSCOPE_USER_MESSAGE_BPF_H
#define POOLSCOPE_USER_MESSAGE_BPF_H
/*
 * Where the caller's memory holds what is sent or received, and the peer: found through the registers of the system call,
 * so that a hook that sees only the socket will do. Not for io_uring, whose calls have none, nor for 32-bit programs.
 */
#include "socket.bpf.h"

/* arch/x86/entry/syscalls/syscall_64.tbl */
#define SYSCALL_READ 0
#define SYSCALL_WRITE 1
#define SYSCALL_READV 19
#define SYSCALL_WRITEV 20
#define SYSCALL_SENDTO 44
#define SYSCALL_RECVFROM 45
#define SYSCALL_SENDMSG 46
#define SYSCALL_RECVMSG 47
#define SYSCALL_RECVMMSG 299
#define SYSCALL_SENDMMSG 307

#define USER_CODE_SEGMENT 0x33 /* __USER_CS: a 64-bit program */

/* struct user_msghdr, struct iovec and struct mmsghdr as a 64-bit program lays them out: linux/socket.h, linux/uio.h. */
struct user_vector {
	u64 base;
	u64 length;
};

struct user_header {
	u64 name;
	u64 name_length;
	u64 vectors;
	u64 vector_count;
	u64 control[3];
};

struct user_batch_header {
	struct user_header header;
	u64 message_length;
};

struct user_message {
	u64 data;   /* 0: not found */
	u64 length; /* of the buffer */
	u64 name;   /* address of the peer's struct sockaddr; 0: none given */
};

struct batch_place {
	u64 vector;
	u32 index;
	u32 reserved;
};

/* How far a thread has come in its sendmmsg or recvmmsg: the kernel passes the hook once for each message. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64); /* thread */
	__type(value, struct batch_place);
} batch_places SEC(".maps");

static __always_inline u32 batch_index(u64 vector, u32 count)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct batch_place place = { .vector = vector };
	struct batch_place *before = bpf_map_lookup_elem(&batch_places, &thread);
	if (before && before->vector == vector)
		place.index = before->index + 1;
	if (place.index + 1 >= count)
		bpf_map_delete_elem(&batch_places, &thread);
	else
		bpf_map_update_elem(&batch_places, &thread, &place, BPF_ANY);
	return place.index;
}

/* The first of the vectors that holds more than the length before a DNS message on a stream. */
static __always_inline void read_vectors(u64 vectors, u64 count, struct user_message *message)
{
	struct user_vector both[2] = {};
	if (!count || bpf_probe_read_user(both, count > 1 ? sizeof(both) : sizeof(both[0]), (void *)vectors))
		return;
	int first = both[0].length > 2 || count == 1;
	message->data = first ? both[0].base : both[1].base;
	message->length = first ? both[0].length : both[1].length;
}

static __always_inline struct user_message calling_message(void)
{
	struct user_message message = {};
	struct user_header header = {};
	struct pt_regs *registers = ps_user_registers();
	u64 second = READ(registers, si), third = READ(registers, dx);

	if ((READ(registers, cs) & 0xffff) != USER_CODE_SEGMENT)
		return message;
	switch (READ(registers, orig_ax)) {
	case SYSCALL_SENDTO:
	case SYSCALL_RECVFROM: message.name = READ(registers, r8); /* fallthrough */
	case SYSCALL_READ:
	case SYSCALL_WRITE:
		message.data = second;
		message.length = third;
		return message;
	case SYSCALL_READV:
	case SYSCALL_WRITEV: read_vectors(second, third, &message); return message;
	case SYSCALL_SENDMMSG:
	case SYSCALL_RECVMMSG:
		second += batch_index(second, third) * sizeof(struct user_batch_header); /* fallthrough */
	case SYSCALL_SENDMSG:
	case SYSCALL_RECVMSG:
		if (bpf_probe_read_user(&header, sizeof(header), (void *)second))
			return message;
		message.name = header.name;
		read_vectors(header.vectors, header.vector_count, &message);
	}
	return message;
}

#endif
