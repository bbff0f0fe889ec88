/* SPDX-License-Identifier: MIT */
/*
 * window.h -- Counts the events of the last minute.
 *
 * A sliding window of sixty seconds: each event is remembered until it is sixty
 * seconds old. So is the API's quota counted, and the limit that tests hold
 * clients to.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include "base.h"

#define WINDOW_LENGTH (60 * USEC_PER_SEC)

/* All zero: nothing has happened. */
struct window {
	int64_t *times; /* private: a ring */
	size_t first, n, room;
};

/* Frees its memory. */
void window_done(struct window *window);

/*
 * How many events there are within the minute before NOW (monotonic,
 * microseconds; never less than before).
 */
size_t window_count(struct window *window, int64_t now) MUST_CHECK;

/* Notes an event. */
void window_add(struct window *window, int64_t now);

/* How long it takes, from NOW, until the oldest event is a minute old; 0 when there is none. */
int64_t window_relief(struct window *window, int64_t now) MUST_CHECK;

#endif
