// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "calls.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 4096, LOGS = 256, PASSAGES = 4096, BUFFER = 2048, BATCH = 8 };

struct call {
	unsigned long inode;
	const char *name;
	int result, state, error;
	long long began_ns, ended_ns;
};
struct calls {
	pid_t thread;
	unsigned count;
	struct call made[CALLS];
};
struct passage {
	unsigned long inode;
	const char *states;
};

static struct calls logs[LOGS];
static unsigned log_count;
static struct passage passages[PASSAGES];
static unsigned passage_count;
static _Thread_local struct calls *own;
static _Thread_local long long began_ns; /* of the call that is made */

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void begin(void) { began_ns = now_ns(); }

void begin_calls(void)
{
	unsigned index = __atomic_fetch_add(&log_count, 1, __ATOMIC_RELAXED);

	check(index < LOGS, "fewer threads");
	own = &logs[index];
	own->thread = gettid();
}

static struct call *add(unsigned long inode, const char *name, int result)
{
	long long ended_ns = now_ns();

	check(own->count < CALLS, "fewer calls");
	struct call *call = &own->made[own->count++];
	*call = (struct call){ inode, name, result, 0, 0, began_ns, ended_ns };
	return call;
}

/* What the kernel's functions return: to the caller an interrupted call is EINTR, among themselves it is ERESTARTSYS. */
static int result_of(ssize_t returned)
{
	if (returned >= 0)
		return returned;
	return errno == EINTR ? -512 : -errno;
}

unsigned long inode_of(int descriptor)
{
	struct stat status;

	check(fstat(descriptor, &status) == 0, "fstat");
	return status.st_ino;
}

int state_of(int descriptor)
{
	struct tcp_info info;
	socklen_t length = sizeof(info);

	if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length))
		return 0;
	return info.tcpi_state;
}

void await_state(int descriptor, int state)
{
	while (state_of(descriptor) != state)
		usleep(1000);
}

int opened(enum kind kind, int flags)
{
	begin();
	int descriptor = new_socket(kind, flags);

	check(descriptor >= 0, "open a socket");
	add(inode_of(descriptor), "open", descriptor);
	return descriptor;
}

void opened_pair(int *pair)
{
	begin();
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "open a pair");
	add(inode_of(pair[0]), "open", pair[0]);
	add(inode_of(pair[1]), "open", pair[1]);
}

int connected(int descriptor, const void *address, socklen_t length)
{
	unsigned long inode = inode_of(descriptor);
	begin();
	int result = result_of(connect(descriptor, address, length));

	add(inode, "connect", result);
	return -result;
}

int accepted(int listener)
{
	begin();
	int descriptor = accept(listener, NULL, NULL);

	check(descriptor >= 0, "accept");
	add(inode_of(descriptor), "accept", descriptor);
	return descriptor;
}

int sent(int descriptor, int how, size_t length) { return asked(descriptor, how, length, STAY, 0); }

int asked(int descriptor, int how, size_t length, int then, int reply)
{
	char data[BUFFER] = { then, reply };
	struct iovec vector[2] = { { data, length / 2 }, { data + length / 2, length - length / 2 } };
	struct msghdr message = { .msg_iov = vector, .msg_iovlen = 2 };
	unsigned long inode = inode_of(descriptor);
	ssize_t result;

	begin();
	switch (how % 4) {
	case 0: result = write(descriptor, data, length); break;
	case 1: result = send(descriptor, data, length, MSG_NOSIGNAL); break;
	case 2: result = writev(descriptor, vector, 2); break;
	default: result = sendmsg(descriptor, &message, MSG_NOSIGNAL);
	}
	int returned = result_of(result);
	add(inode, "send", returned);
	return returned;
}

int received(int descriptor, int how, size_t length)
{
	char data[BUFFER];
	struct iovec vector[2] = { { data, length / 2 }, { data + length / 2, length - length / 2 } };
	struct msghdr message = { .msg_iov = vector, .msg_iovlen = 2 };
	unsigned long inode = inode_of(descriptor);
	ssize_t result;

	begin();
	switch (how % 5) {
	case 0: result = read(descriptor, data, length); break;
	case 1: result = recv(descriptor, data, length, 0); break;
	case 2: result = readv(descriptor, vector, 2); break;
	case 3: result = recvmsg(descriptor, &message, 0); break;
	default: result = recv(descriptor, data, length, MSG_DONTWAIT);
	}
	int returned = result_of(result);
	add(inode, "receive", returned);
	return returned;
}

static void fill(struct mmsghdr *headers, struct iovec *vectors, char *data, int count, size_t length)
{
	memset(headers, 0, count * sizeof(*headers));
	for (int i = 0; i < count; i++) {
		vectors[i] = (struct iovec){ data + i * length, length };
		headers[i].msg_hdr.msg_iov = &vectors[i];
		headers[i].msg_hdr.msg_iovlen = 1;
	}
}

void sent_batch(int descriptor, int count, size_t length)
{
	struct mmsghdr headers[BATCH];
	struct iovec vectors[BATCH];
	char data[BUFFER] = { 0 };

	fill(headers, vectors, data, count, length);
	begin();
	check(sendmmsg(descriptor, headers, count, 0) == count, "send a batch");
	for (int i = 0; i < count; i++)
		add(inode_of(descriptor), "send", headers[i].msg_len);
}

void received_batch(int descriptor, int count, size_t length)
{
	struct mmsghdr headers[BATCH];
	struct iovec vectors[BATCH];
	char data[BUFFER];

	fill(headers, vectors, data, count, length);
	begin();
	check(recvmmsg(descriptor, headers, count, 0, NULL) == count, "receive a batch");
	for (int i = 0; i < count; i++)
		add(inode_of(descriptor), "receive", headers[i].msg_len);
}

void closed(int descriptor, int error)
{
	unsigned long inode = inode_of(descriptor);
	int unread = 0, state = state_of(descriptor);

	if (state)
		check(ioctl(descriptor, SIOCINQ, &unread) == 0 || errno == EINVAL,
		      "ask what is unread"); /* a listener */
	begin();
	check(close(descriptor) == 0, "close");
	add(inode, "close descriptor", descriptor);
	struct call *call = add(inode, "close", unread);
	call->state = state;
	call->error = error;
}

void passes(int descriptor, const char *states)
{
	unsigned index = __atomic_fetch_add(&passage_count, 1, __ATOMIC_RELAXED);

	check(index < PASSAGES, "fewer passages");
	passages[index] = (struct passage){ inode_of(descriptor), states };
}

void print_calls(void)
{
	printf("\"threads\": [");
	for (unsigned i = 0; i < log_count; i++) {
		printf("%s{\"thread\": %d, \"calls\": [", i ? ",\n" : "\n", logs[i].thread);
		for (unsigned j = 0; j < logs[i].count; j++) {
			const struct call *call = &logs[i].made[j];
			printf("%s[%lld, %lld, %lu, \"%s\", %d", j ? ", " : "", call->began_ns, call->ended_ns,
			       call->inode, call->name, call->result);
			if (!strcmp(call->name, "close"))
				printf(", %d, %d", call->state, call->error);
			printf("]");
		}
		printf("]}");
	}
	printf("],\n\"states\": {");
	for (unsigned i = 0; i < passage_count; i++)
		printf("%s\"%lu\": \"%s\"", i ? ",\n" : "\n", passages[i].inode, passages[i].states);
	printf("}");
}
