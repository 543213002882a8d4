// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "threads.h"

#include <errno.h>
#include <linux/filter.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "calls.h"
#include "stories.h"

enum { FIN_WAIT2 = 5, CLOSED = 7, CLOSE_WAIT = 8 }; /* include/net/tcp_states.h */

static pthread_barrier_t start;
static story *const stories[] = {
	open_and_close,	      ask_and_leave,	   half_close,	      talk_in_pairs,	be_refused,
	exchange_datagrams,   ask_and_be_left,	   hand_to_a_thread,  abort_connection, open_and_close,
	ask_over_unix,	      end_a_read,	   leave_data_unread, use_unconnected,	connect_without_waiting,
	leave_the_end_unread, send_to_nobody,	   interrupt_a_read,  abort_unseen,	be_refused_later,
	leave_a_pair,	      interrupt_a_connect,
};
enum { STORIES = sizeof(stories) / sizeof(stories[0]) };

/* What a thread that ends is given. */
struct errand {
	int descriptor, result;
	const struct sockaddr_in *address;
};

static void run(void *(*work)(void *), struct errand *errand, pthread_t *thread)
{
	check(pthread_create(thread, NULL, work, errand) == 0, "start a thread");
}

static void *answer_once(void *argument)
{
	struct errand *errand = argument;

	begin_calls();
	errand->result = received(errand->descriptor, 1, 37) + sent(errand->descriptor, 1, 41);
	return NULL;
}

void hand_to_a_thread(struct worker *worker, int count)
{
	(void)worker;
	for (int i = 0; i < count; i++) {
		int pair[2];
		pthread_t thread;
		opened_pair(pair);
		struct errand errand = { .descriptor = pair[1] };
		run(answer_once, &errand, &thread);
		check(sent(pair[0], i, 37) == 37 && received(pair[0], i % 4, 41) == 41, "ask a thread");
		check(pthread_join(thread, NULL) == 0 && errand.result == 37 + 41, "let a thread end");
		closed(pair[0], 0);
		closed(pair[1], 0);
	}
}

static void *receive_once(void *argument)
{
	struct errand *errand = argument;

	begin_calls();
	errand->result = received(errand->descriptor, 1, 10);
	return NULL;
}

/* Until the thread sleeps in its call: there is no other sign of it. */
static void let_it_wait(void) { usleep(50000); }

void end_a_read(struct worker *worker, int count)
{
	for (int i = 0; i < count; i++) {
		int client, server;
		pthread_t thread;
		connected_to_itself(worker, &client, &server);
		struct errand errand = { .descriptor = server };
		run(receive_once, &errand, &thread);
		let_it_wait();
		check(shutdown(server, SHUT_RDWR) == 0, "shutdown");
		check(pthread_join(thread, NULL) == 0 && errand.result == 0, "end a read");
		await_state(client, CLOSE_WAIT);
		await_state(server, FIN_WAIT2);
		passes(client, "7>2>1>8>9>7");
		closed(client, 0);
		await_state(server, CLOSED);
		passes(server, "1>4>5>7");
		closed(server, 0);
	}
}

static void ignore(int number) { (void)number; }

/* Again and again: the first may come before the thread is in its call. */
static void interrupt(pthread_t thread)
{
	do {
		let_it_wait();
		pthread_kill(thread, SIGUSR2);
	} while (pthread_tryjoin_np(thread, NULL) == EBUSY);
}

void interrupt_a_read(struct worker *worker, int count)
{
	(void)worker;
	for (int i = 0; i < count; i++) {
		int pair[2];
		pthread_t thread;
		opened_pair(pair);
		struct errand errand = { .descriptor = pair[1] };
		run(receive_once, &errand, &thread);
		interrupt(thread);
		check(errand.result == -512, "interrupt a read"); /* ERESTARTSYS */
		closed(pair[0], 0);
		closed(pair[1], 0);
	}
}

static void *connect_once(void *argument)
{
	struct errand *errand = argument;

	begin_calls();
	errand->result = connected(errand->descriptor, errand->address, sizeof(*errand->address));
	return NULL;
}

/* To a listener that hears nothing. */
void interrupt_a_connect(struct worker *worker, int count)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &nothing };
	struct worker deaf = { .n = worker->n };

	start_listening(&deaf);
	check(setsockopt(deaf.listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0,
	      "attach a filter");
	for (int i = 0; i < count; i++) {
		int descriptor = opened(TCP4, 0);
		pthread_t thread;
		struct errand errand = { .descriptor = descriptor, .address = &deaf.address };
		run(connect_once, &errand, &thread);
		interrupt(thread);
		check(errand.result == 512, "interrupt a connect");
		passes(descriptor, "7>2>7");
		closed(descriptor, 0);
	}
	closed(deaf.listener, 0);
}

static void *work(void *argument)
{
	static const int primes[] = { 2, 3, 5, 7, 11, 13, 17, 19 };
	struct worker *worker = argument;

	begin_calls();
	pthread_barrier_wait(&start);
	start_listening(worker);
	for (int i = 0; i < STORIES; i++) {
		int which = (i + worker->n) % STORIES,
		    has_threads = stories[which] == hand_to_a_thread || stories[which] == end_a_read ||
				  stories[which] == interrupt_a_read || stories[which] == interrupt_a_connect;
		stories[which](worker, primes[has_threads ? worker->n % 3 : (worker->n + which) % 8]);
	}
	closed(worker->listener, 0);
	return NULL;
}

/* Where the process is real-time, but not what it forks (chrt --reset-on-fork), its threads are, too. */
static void inherit_priority(void)
{
	struct sched_param priority;
	int policy = sched_getscheduler(0);

	if (policy >= 0 && policy & SCHED_RESET_ON_FORK)
		check(!sched_getparam(0, &priority) && !sched_setscheduler(0, policy & ~SCHED_RESET_ON_FORK, &priority),
		      "be real-time");
}

void run_threads(int count, struct peer *peer)
{
	struct sigaction interruption = { .sa_handler = ignore }; /* without SA_RESTART */
	struct worker workers[MAX_THREADS];
	pthread_t threads[MAX_THREADS];

	check(count > 0 && count <= MAX_THREADS, "-t wants 1 to 16");
	check(sigaction(SIGUSR2, &interruption, NULL) == 0, "sigaction");
	inherit_priority();
	pthread_barrier_init(&start, NULL, count);
	for (int i = 0; i < count; i++) {
		workers[i] = (struct worker){ .n = i, .peer = peer };
		check(pthread_create(&threads[i], NULL, work, &workers[i]) == 0, "start a thread");
	}
	for (int i = 0; i < count; i++)
		check(pthread_join(threads[i], NULL) == 0, "end a thread");
	stop_peer(peer); /* and with it the last of what it closes */
	printf("{");
	print_calls();
	printf("}\n");
	fflush(stdout);
}
