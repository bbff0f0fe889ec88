/* SPDX-License-Identifier: MIT */
/*
 * forecast.h -- Computes the cost of a workspace's schedule, and whether its
 * quota can cover it.
 *
 * Arithmetic over the state of the workspace (engine/plan.h) and its
 * configuration, put into sentences with all its terms, so that a reader can
 * check the sum. Used by the command plan, by check, and by the daemon when it
 * starts.
 */
#ifndef FORECAST_H
#define FORECAST_H

#include "buf.h"
#include "config.h"
#include "inspect.h"
#include "plan.h"
#include "warehouse.h"

struct forecast {
	const struct workspace_conf *workspace;
	bool known; /* whether it was ever loaded; nothing can be said of the others */
	struct workspace_state state;
	struct plan_facts facts;
	int64_t swept_lately, scanned_in_vain; /* as in inspect_load */
	int64_t again;		/* conversations that the next scan reads, changed or not */
	int64_t changes;	/* of conversations, a day */
	enum strategy strategy; /* of the next incremental cycle; */
	struct plan_cost cycle; /* the cost of that one, */
	struct plan_cost usual; /* and of each that follows */
	struct plan_cost verify, full;
	int64_t wanted, allowed; /* requests a day: by the schedule, and by the quota */
	int64_t interval;	 /* the shortest that the quota allows; TIME_NEVER: none */
	bool met;		 /* the schedule can be kept */
	struct inspect_messages messages;
};

/* Reads the state of the workspace and computes the forecast. NOW is by the host's calendar. */
bool forecast_make(struct warehouse *warehouse, const struct workspace_conf *workspace, int64_t now,
		   struct forecast *forecast, struct err *err) MUST_CHECK;

/* The sum: "48 requests a minute are ours (60 less 20%) ...", one sentence. */
void forecast_sum(const struct forecast *forecast, struct buf *out);

/*
 * The conclusion: how fresh data can be, or which wish cannot be met, and the key to change. One
 * sentence.
 */
void forecast_outcome(const struct forecast *forecast, struct buf *out);

/*
 * The cost of messages, how far back they have come and when they will be done. One sentence;
 * nothing where none are read.
 */
void forecast_messages(const struct forecast *forecast, struct buf *out);

#endif
