/* SPDX-License-Identifier: MIT */
/*
 * hints.h -- Conversations that somebody said to look at.
 *
 * A hint is an id and nothing more. Hints are gathered for a moment, so that an
 * id that is said twice is asked for once; then a cycle takes all there are.
 * While it runs, others are gathered; when it fails, its own come back. The set
 * is bounded: of hints that do not fit only a mark stays that there were more,
 * and the next cycle then reads all changes. Pure, and lost with the process:
 * nothing that is published depends on a hint.
 */
#ifndef HINTS_H
#define HINTS_H

#include "base.h"

#define HINTS_MOST 100
#define HINTS_ID_SIZE 96

struct hint {
	char id[HINTS_ID_SIZE];
	int64_t heard; /* monotonic: when it was first said, */
	bool message;  /* and that there is a message */
};

/* Empty when all is 0. */
struct hints {
	struct hint list[HINTS_MOST]; /* oldest first; */
	int n, taken;		      /* how many there are, and a cycle has taken */
	bool more, more_taken;	      /* there were others that did not fit */
	int64_t more_heard;	      /* when the first of them was said */
};

/*
 * Adds one at NOW. False when it was there already, and waits. One that does not fit, in number or
 * in length, leaves the mark that there is more.
 */
bool hints_add(struct hints *hints, const char *id, bool message, int64_t now);

/* Leaves that mark. */
void hints_add_more(struct hints *hints, int64_t now);

/* When the waiting hints have been gathered long enough, monotonic; TIME_NEVER: none waits. */
int64_t hints_due(const struct hints *hints) MUST_CHECK;

/* A cycle takes all there are: the first `taken` of the list, and whether there were more. */
void hints_take(struct hints *hints);

/* The cycle has ended; WELL: they are done with. Otherwise they wait again. */
void hints_end(struct hints *hints, bool well);

#endif
