/* SPDX-License-Identifier: MIT */
/*
 * trouble.h -- Remembers that the cycles of a workspace fail, and logs each
 * kind of trouble once.
 *
 * A failure that is met again in every cycle is one complaint: it is logged
 * when it begins, then more seldom each time, and its end is logged, too.
 * Conversations are complete without their messages, so a failure to read
 * messages is logged and is no trouble of the workspace.
 */
#ifndef TROUBLE_H
#define TROUBLE_H

#include "app.h"
#include "cycle.h"
#include "log_backoff.h"

struct trouble {
	int failures;	/* cycles in a row */
	int64_t since;	/* the first of them, by the calendar; TIME_NONE: all is well */
	char text[512]; /* the last error; empty: all is well */
	struct complaint cycles, messages; /* they fail */
	struct complaint clock;		   /* the API tells a time that has not come */
};

/* All is well. */
void trouble_begin(struct trouble *trouble);

/* A cycle of KIND could not begin, because of WHY, which names the workspace. */
void trouble_not_begun(struct trouble *trouble, struct app *app, const char *workspace,
		       enum cycle_kind kind, const struct err *why);

/*
 * A cycle is over, in any state: logs its result, unless the same trouble was logged lately, and
 * the end of trouble. KIND is the one whose place in the schedule it took.
 */
void trouble_cycle_over(struct trouble *trouble, struct app *app, const struct cycle *cycle,
			enum cycle_kind kind);

#endif
