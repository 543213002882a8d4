/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) OR Apache-2.0 */
#ifndef POOLSCOPE_RECORD_KINDS_H
#define POOLSCOPE_RECORD_KINDS_H
/* The one list of the kinds of records. Part of trace_records.h. */
#include <linux/types.h>

/*
 * X(number, name, swift): the record's struct is `ps_<name>` and its fields are `ps_<name>_fields` (trace_schema.c).
 * Swift sees the kind as `RecordKind.<swift>` and the record as `TraceRecord.<swift>`. A number stays with its kind for
 * ever. A trace file numbers the kinds in the order of this list: a new one goes to the end of its group.
 */
#define PS_RECORDS(X)                                                                                                  \
	/* From BPF programs. */                                                                                       \
	X(1, socket_open, socketOpen)                                                                                  \
	X(2, socket_connect, socketConnect)                                                                            \
	X(3, socket_accept, socketAccept)                                                                              \
	X(4, socket_state, socketState)                                                                                \
	X(5, socket_io, socketIO)                                                                                      \
	X(6, socket_close, socketClose)                                                                                \
	X(7, descriptor_open, descriptorOpen)                                                                          \
	X(8, descriptor_close, descriptorClose)                                                                        \
	X(9, unix_address, unixAddress)                                                                                \
	X(10, task_exit, taskExit)                                                                                     \
	X(11, socket_retransmit, socketRetransmit)                                                                     \
	X(12, socket_reset, socketReset)                                                                               \
	X(13, datagram_drop, datagramDrop)                                                                             \
	X(14, socket_listen, socketListen)                                                                             \
	X(23, socket_option, socketOption)                                                                             \
	X(28, socket_bind, socketBind)                                                                                 \
	X(29, socket_shutdown, socketShutdown)                                                                         \
	X(15, dns_message, dnsMessage)                                                                                 \
	X(24, socket_sum, socketSum)                                                                                   \
	X(25, datagram_peer, datagramPeer)                                                                             \
	X(26, task_fork, taskFork)                                                                                     \
	X(27, task_exec, taskExec)                                                                                     \
	X(16, pool_acquire_begin, poolAcquireBegin)                                                                    \
	X(17, pool_acquire_end, poolAcquireEnd)                                                                        \
	X(18, pool_release, poolRelease)                                                                               \
	X(19, pool_connection_close, poolConnectionClose)                                                              \
	X(20, name_lookup, nameLookup)                                                                                 \
	X(21, tls_handshake, tlsHandshake)                                                                             \
	X(22, deadline, deadline)                                                                                      \
	/* From the recorder in user space. */                                                                         \
	X(32, census_socket, censusSocket)                                                                             \
	X(33, census_end, censusEnd)                                                                                   \
	X(34, holder_state, holderState)                                                                               \
	X(35, pool_state, poolState)                                                                                   \
	X(36, lease_join, leaseJoin)                                                                                   \
	X(37, clock_pair, clockPair)                                                                                   \
	X(38, loss, loss)                                                                                              \
	X(39, stack, stack)                                                                                            \
	X(40, detail_change, detailChange)

#define PS_RECORD_KIND(number, name, swift) ps_record_kind_##name __attribute__((swift_name(#swift))) = number,

enum __attribute__((enum_extensibility(open))) ps_record_kind : __u16 { PS_RECORDS(PS_RECORD_KIND) };

#undef PS_RECORD_KIND

#endif
