/* SPDX-License-Identifier: MIT */
/*
 * process.h -- Runs a program and reads its output.
 *
 * For a password that another program makes. The program gets no shell, no
 * input, and nothing of ours but the environment and stderr; it is waited
 * for in event_loop.h, and ended when it takes too long.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "event_loop.h"

/*
 * Runs COMMAND, a path and its arguments separated by blanks, and adds its
 * output to OUT. False with ERR_CONFIG (it cannot be run), ERR_UNAVAILABLE (it
 * fails, or takes longer than PATIENCE microseconds) or ERR_STOPPED. Its output
 * is never part of an error.
 */
bool process_read(struct event_loop *loop, const char *command, int64_t patience, struct buf *out,
		  struct err *err) MUST_CHECK;

#endif
