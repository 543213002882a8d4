/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TROUBLE_H
#define TROUBLE_H
/* Ends the process with errno's text unless it holds. */
void check(int holds, const char *what);
/* Sets options on a socket, one of them wrongly; prints how often each was set, as members of a JSON object. */
void set_options(void);
/* Fails to open sockets for want of descriptors; prints how many, as a number. */
void run_out_of_descriptors(void);
/* A connection of this process to itself. */
void new_pair(int *client, int *server);
/* A listening socket of 127.0.0.1. */
int new_listener(int backlog);
/* Two UDP sockets of this process that are connected to each other. */
void new_datagram_pair(int *one, int *other);
/* Moves data between sockets, pipes and a file in the kernel; prints how often, as members of a JSON object: by length. */
void splice_sockets(void);
/* Receives datagrams into too small a buffer; prints how many by protocol, as a JSON object. */
void cut_datagrams(void);
/* Binds sockets, also to a port that is taken; prints how many by result, as a JSON object. */
void bind_twice(void);
/* Closes connections one way; prints how many, as a JSON object. */
void shut_down(void);
/* Waits in accept(2) with several threads; prints the number of calls, as a JSON object. Nothing else is to be done then. */
void block_callers(void);
/* Lets some data of a connection wait before it is read; prints how often, as a JSON object. */
void let_data_wait(void);
/* Starts processes that end at once; prints how many, as a number. */
void start_processes(void);
/* Passes a descriptor to itself over a Unix socket (SCM_RIGHTS), uses and closes it; prints how often, as a number. */
void pass_descriptors(void);
/* Asks a name server of its own on port 53; prints the queries by protocol, each answered, as a JSON object. */
void ask_names(void);
/* The datagrams that the kernel has dropped for a UDP socket of IPv4, by /proc/net/udp. */
unsigned udp_drops(unsigned long inode);
/* The segments that TCP has sent again in this network namespace: RetransSegs in /proc/net/snmp. */
long sent_again(void);

#endif
