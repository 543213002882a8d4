/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEER_H
#define PEER_H
/* The other end of every connection of the workload: a process of its own, which nobody records. */
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum kind { TCP4, TCP6, UDP4, UDP6, UNIX, KINDS };

/* A message's first byte: what the peer does after its reply. Its second byte: the length of the reply; 0: none. */
enum { STAY = 's', CLOSE = 'c' };

struct endpoint {
	struct sockaddr_storage address;
	socklen_t length;
};

struct peer {
	struct endpoint at[KINDS];
	struct endpoint refusing; /* bound, but nobody listens */
	int orders;		  /* pipe: takes struct order */
	pid_t process;
};

/* Connect so many times, one after the other; send a request, receive a reply; of the first so many, close first. */
struct order {
	uint16_t port_network_order, connections, close_first;
};
enum { ORDER_REQUEST = 41, ORDER_REPLY = 43 };

int new_socket(enum kind kind, int flags);
void start_peer(struct peer *peer);
void stop_peer(struct peer *peer);
/* Ends the process with errno's text unless it holds. */
void check(int holds, const char *what);

#endif
