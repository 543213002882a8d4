/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORIES_H
#define STORIES_H
/* What befalls a connection, each with all its calls in the log and its states foretold. `n`: the thread, from 0. */
#include "peer.h"

struct worker {
	int n;
	struct peer *peer;
	int listener; /* of the thread's own, for connections to itself */
	struct sockaddr_in address;
};

void start_listening(struct worker *worker);
/* A connection of the thread to itself. */
void connected_to_itself(struct worker *worker, int *client, int *server);

typedef void story(struct worker *worker, int count);

story open_and_close, ask_and_leave, ask_and_be_left, ask_over_unix, connect_without_waiting;
story half_close, leave_the_end_unread, abort_connection, abort_unseen, leave_data_unread, be_refused, be_refused_later;
story use_unconnected, exchange_datagrams, send_to_nobody, talk_in_pairs, leave_a_pair;
/* With threads that end. */
story hand_to_a_thread, end_a_read, interrupt_a_read, interrupt_a_connect;

#endif
