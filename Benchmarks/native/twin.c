/* SPDX-License-Identifier: Apache-2.0 */
/*
 * twin OBJECT PID FILE sockets                     the two socket tracepoints
 * twin OBJECT PID FILE points EXECUTABLE OFFSET... uprobes on these instructions
 *
 * Drains every 10 ms, writes the records as they are. Prints "armed", and at SIGTERM "RECORDS LOST".
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ATTACH_UPROBE_MULTI 48 /* BPF_TRACE_UPROBE_MULTI, which Debian 12's headers do not have */
#define LINK_CREATE 28	       /* BPF_LINK_CREATE */

static volatile sig_atomic_t is_over;
static FILE *output;
static unsigned long long received;

static void stop(int signal)
{
	(void)signal;
	is_over = 1;
}

static void fail(const char *what)
{
	fprintf(stderr, "twin: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int take(void *context, void *data, size_t size)
{
	(void)context;
	fwrite_unlocked(data, size, 1, output);
	/* Under a producer that never pauses a drain would not end. */
	return ++received % 131072 ? 0 : -ECANCELED;
}

struct link_create_attributes {
	__u32 program, target, attach_type, flags;
	__u64 path, offsets, reference_counters, cookies;
	__u32 count, uprobe_flags, process, padding;
};

static void attach_points(struct bpf_program *program, const char *path, int count, char **texts)
{
	__u64 offsets[64];
	if (count > 64)
		exit(64);
	for (int i = 0; i < count; i++)
		offsets[i] = strtoull(texts[i], NULL, 0);
	struct link_create_attributes attributes = {
		.program = bpf_program__fd(program),
		.attach_type = ATTACH_UPROBE_MULTI,
		.path = (unsigned long)path,
		.offsets = (unsigned long)offsets,
		.count = count,
	};
	if (syscall(SYS_bpf, LINK_CREATE, &attributes, sizeof(attributes)) < 0)
		fail("uprobe_multi");
}

static void attach_sockets(struct bpf_object *object)
{
	if (!bpf_program__attach(bpf_object__find_program_by_name(object, "twin_receive")) ||
	    !bpf_program__attach(bpf_object__find_program_by_name(object, "twin_send")))
		fail("raw tracepoint");
}

static unsigned long long read_lost(struct bpf_object *object)
{
	/* A global variable of an object without skeleton: value of the only key of its section's map. */
	__u32 key = 0;
	unsigned long long lost = 0;
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".bss");
	bpf_map_lookup_elem(bpf_map__fd(map), &key, &lost);
	return lost;
}

int main(int count, char **arguments)
{
	if (count < 5)
		return 64;
	int has_points = !strcmp(arguments[4], "points");
	__u32 process = atoi(arguments[2]);
	struct bpf_object *object = bpf_object__open_file(arguments[1], NULL);
	if (!object)
		fail("open");
	bpf_map__set_initial_value(bpf_object__find_map_by_name(object, ".rodata"), &process, sizeof(process));
	struct bpf_program *program;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, has_points == !strcmp(bpf_program__name(program), "twin_point"));
	program = bpf_object__find_program_by_name(object, "twin_point");
	if (has_points)
		bpf_program__set_expected_attach_type(program, ATTACH_UPROBE_MULTI);
	if (bpf_object__load(object))
		fail("load");
	output = fopen(arguments[3], "w");
	if (!output)
		fail(arguments[3]);
	struct ring_buffer *ring =
		ring_buffer__new(bpf_object__find_map_fd_by_name(object, "records"), take, NULL, NULL);
	signal(SIGTERM, stop);
	if (has_points)
		attach_points(program, arguments[5], count - 6, arguments + 6);
	else
		attach_sockets(object);
	puts("armed");
	fflush(stdout);
	struct timespec pause = { .tv_nsec = 10000000 };
	while (!is_over) {
		ring_buffer__consume(ring);
		nanosleep(&pause, NULL);
	}
	ring_buffer__consume(ring);
	fclose(output);
	printf("%llu %llu\n", received, read_lost(object));
	return 0;
}
