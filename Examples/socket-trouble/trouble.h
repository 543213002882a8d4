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

#endif
