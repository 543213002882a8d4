/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TROUBLE_H
#define TROUBLE_H
/* Ends the process with errno's text unless it holds. */
void check(int holds, const char *what);
/* Sets options on a socket, one of them wrongly; prints how often each was set, as members of a JSON object. */
void set_options(void);
/* Fails to open sockets for want of descriptors; prints how many, as a number. */
void run_out_of_descriptors(void);

#endif
