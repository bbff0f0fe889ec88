/* SPDX-License-Identifier: MIT */
/*
 * tcp.h -- Asks the kernel how many bytes have come over a connection.
 */
#ifndef TCP_H
#define TCP_H

#include "base.h"

/* Bytes that have come over it and were read; 0 where it is no connection of TCP. */
uint64_t tcp_bytes_read(int fd) MUST_CHECK;

/* Bytes that have come and lie unread. A signal's handler may ask. */
int tcp_bytes_waiting(int fd) MUST_CHECK;

#endif
