/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `poolscope sockets` tells of a trace, with the least that C needs for it, over the bare records in a mapped file:
 * per socket count, bytes, p50 and p99 of the durations; leases paired by connection, with their holds.
 *
 *   aggregate RAW
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "trace_records.h"

#define SLOTS (1 << 20)

struct socket_sum {
	__u64 inode, count, bytes;
	__u64 *durations;
	__u64 room;
};

struct lease {
	__u64 connection, acquired_ns;
};

static struct socket_sum sockets[SLOTS];
static struct lease leases[SLOTS];

static __u64 slot_of(__u64 key) { return key * 0x9e3779b97f4a7c15ull >> 44; }

static struct socket_sum *socket_of(__u64 inode)
{
	__u64 slot = slot_of(inode);
	while (sockets[slot].inode && sockets[slot].inode != inode)
		slot = (slot + 1) % SLOTS;
	sockets[slot].inode = inode;
	return &sockets[slot];
}

static struct lease *lease_of(__u64 connection)
{
	__u64 slot = slot_of(connection);
	while (leases[slot].connection && leases[slot].connection != connection)
		slot = (slot + 1) % SLOTS;
	leases[slot].connection = connection;
	return &leases[slot];
}

static void add(const struct ps_socket_io *io)
{
	struct socket_sum *sum = socket_of(io->socket_inode);
	if (sum->count == sum->room) {
		sum->room = sum->room ? sum->room * 2 : 64;
		sum->durations = realloc(sum->durations, sum->room * sizeof(__u64));
		if (!sum->durations)
			exit(1);
	}
	sum->durations[sum->count++] = io->duration_ns;
	sum->bytes += io->result > 0 ? io->result : 0;
}

static int by_value(const void *left, const void *right)
{
	__u64 a = *(const __u64 *)left, b = *(const __u64 *)right;
	return (a > b) - (a < b);
}

int main(int count, char **arguments)
{
	struct stat status;
	int file = count > 1 ? open(arguments[1], O_RDONLY) : -1;
	if (file < 0 || fstat(file, &status))
		return 64;
	const char *at = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	const char *end = at + status.st_size;
	__u64 held = 0, ended = 0, checksum = 0;
	while (at < end) {
		const struct ps_header *header = (const void *)at;
		switch (header->kind) {
		case ps_record_kind_socket_io:
			add((const void *)at);
			at += sizeof(struct ps_socket_io);
			break;
		case ps_record_kind_pool_acquire_end:
			lease_of(((const struct ps_pool_acquire_end *)at)->connection)->acquired_ns =
				header->timestamp_ns;
			at += sizeof(struct ps_pool_acquire_end);
			break;
		case ps_record_kind_pool_release:
			held += header->timestamp_ns -
				lease_of(((const struct ps_pool_release *)at)->connection)->acquired_ns;
			ended++;
			at += sizeof(struct ps_pool_release);
			break;
		default: at += sizeof(struct ps_pool_acquire_begin);
		}
	}
	for (int slot = 0; slot < SLOTS; slot++) {
		struct socket_sum *sum = &sockets[slot];
		if (!sum->count)
			continue;
		qsort(sum->durations, sum->count, sizeof(__u64), by_value);
		checksum += sum->durations[sum->count / 2] + sum->durations[sum->count * 99 / 100] + sum->bytes;
	}
	printf("%llu leases, held %llu ns, %llu\n", ended, held, checksum);
	return 0;
}
