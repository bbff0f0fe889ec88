/* SPDX-License-Identifier: MIT */
/*
 * progress.h -- Shows the progress of a sweep on a terminal.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "cycle.h"

struct progress {
	bool on;      /* stderr is a terminal, and nobody asked for quiet */
	bool plain;   /* no terminal: only long waits are said */
	int64_t next; /* when to draw again, monotonic */
	int drawn;    /* how wide the line is that stands there */
};

/* Ready to draw, if WANTED and there is a terminal. */
void progress_begin(struct progress *progress, bool wanted);

/*
 * Draws the line of the cycle, at most five times a second; without a terminal says a long wait for
 * the quota, at most once a minute. Returns when to look again; TIME_NEVER when it is off.
 */
int64_t progress_draw(struct progress *progress, const struct cycle *cycle, int64_t now);

/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
