/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The setsockopt(2) calls of the target that decide how a connection fails: keepalive, timeouts, buffers, linger, Nagle:
 * socket_option, failed ones too.
 *
 *   fexit      __sys_setsockopt(int fd, int level, int optname, char __user *optval, int optlen)
 *   kretprobe  the same
 *   tracepoint syscalls:sys_exit_setsockopt
 *
 * A return is enough: the arguments are read through the registers of the system call.
 */
#include "socket.bpf.h"

#define SOL_SOCKET 1
/* include/uapi/asm-generic/socket.h */
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_LINGER 13
#define SO_RCVTIMEO_OLD 20
#define SO_SNDTIMEO_OLD 21
#define SO_SNDBUFFORCE 32
#define SO_RCVBUFFORCE 33
#define SO_RCVTIMEO_NEW 66
#define SO_SNDTIMEO_NEW 67
/* include/uapi/linux/tcp.h */
#define TCP_NODELAY 1
#define TCP_KEEPIDLE 4
#define TCP_KEEPINTVL 5
#define TCP_KEEPCNT 6
#define TCP_USER_TIMEOUT 18

static __always_inline int is_recorded_option(s32 level, u32 name)
{
	if (level == SOL_SOCKET)
		return name == SO_KEEPALIVE || name == SO_SNDBUF || name == SO_RCVBUF || name == SO_LINGER ||
		       name == SO_RCVTIMEO_OLD || name == SO_SNDTIMEO_OLD || name == SO_RCVTIMEO_NEW ||
		       name == SO_SNDTIMEO_NEW || name == SO_SNDBUFFORCE || name == SO_RCVBUFFORCE;
	return level == IPPROTO_TCP && (name == TCP_NODELAY || name == TCP_KEEPIDLE || name == TCP_KEEPINTVL ||
					name == TCP_KEEPCNT || name == TCP_USER_TIMEOUT);
}

/* See ps_socket_option.value. 0: it could not be read. */
static __always_inline int read_value(s32 level, u32 name, void *value, __s64 *read)
{
	s64 time[2] = {};
	s32 words[2] = {};
	if (level == SOL_SOCKET && (name == SO_RCVTIMEO_OLD || name == SO_SNDTIMEO_OLD || name == SO_RCVTIMEO_NEW ||
				    name == SO_SNDTIMEO_NEW)) {
		if (bpf_probe_read_user(time, sizeof(time), value))
			return 0;
		*read = time[0] * 1000000000 + time[1] * 1000;
		return 1;
	}
	if (level == SOL_SOCKET && name == SO_LINGER) {
		if (bpf_probe_read_user(words, sizeof(words), value))
			return 0;
		*read = words[0] ? words[1] : -1;
		return 1;
	}
	if (bpf_probe_read_user(words, sizeof(words[0]), value))
		return 0;
	*read = words[0];
	return 1;
}

static __always_inline int setsockopt_returned(s32 result)
{
	if (!is_target())
		return 0;
	struct pt_regs *registers = ps_user_registers();
	s32 level = READ(registers, si);
	u32 name = READ(registers, dx);
	if (!is_recorded_option(level, name))
		return 0;
	s32 descriptor = READ(registers, di);
	struct sock *sk = descriptor_socket(descriptor);
	if (!sk || !is_recorded_family(socket_family(sk)))
		return 0;
	struct ps_socket_option *record = RESERVE(socket_option, calling_goroutine_id());
	if (!record)
		return 0;
	record->socket_inode = socket_inode(sk);
	void *value = (void *)READ(registers, r10); /* the fourth argument */
	record->is_value_known = read_value(level, name, value, &record->value);
	record->level = level;
	record->name = name;
	record->result = result;
	record->descriptor = descriptor;
	submit_record(record);
	return 0;
}

SEC("fexit/__sys_setsockopt") int fexit_sys_setsockopt(u64 *arguments) { return setsockopt_returned(arguments[5]); }

SEC("kretprobe/__sys_setsockopt") int kretprobe_sys_setsockopt(struct pt_regs *registers)
{
	return setsockopt_returned(PT_REGS_RC(registers));
}

SEC("tracepoint/syscalls/sys_exit_setsockopt") int tp_exit_setsockopt(struct syscall_exit *call)
{
	return setsockopt_returned(call->result);
}
