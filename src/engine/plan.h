/* SPDX-License-Identifier: MIT */
/*
 * plan.h -- Chooses the strategy of a cycle, and computes its cost.
 *
 * Pure arithmetic over the state of a workspace: which strategy (PROTOCOL.md,
 * rule 5), how many requests that takes, how long they take under the quota,
 * and so which freshness the quota allows. Where a state is in doubt, the plan
 * is a full sweep.
 */
#ifndef PLAN_H
#define PLAN_H

#include "action.h"
#include "workspace_state.h"

enum strategy {
	STRATEGY_NONE,
	STRATEGY_ONE_PAGE,	  /* the whole list is one page: one moment */
	STRATEGY_HEAD_SCAN,	  /* the latest changes first, until they are old enough */
	STRATEGY_TAIL_SCAN,	  /* its mirror */
	STRATEGY_UNRESOLVED_SCAN, /* all that are not resolved, and those that were and are not
                                   * any more */
	STRATEGY_FULL_SWEEP,	  /* everything */
	STRATEGY_COUNT_AUDIT,
	STRATEGY_REPAIR,
	STRATEGY_HINTED,   /* the conversations that were hinted at, one by one */
	STRATEGY_MESSAGES, /* no conversation; the messages of those that are held */
	STRATEGIES,
};

/* The strategy of a cycle. */
enum strategy plan_strategy(const struct workspace_state *state,
			    const struct engine_conf *conf) MUST_CHECK;

/*
 * Whether a cycle by STRATEGY begins with the items that could not be loaded. A full sweep sees
 * them anyway.
 */
bool plan_asks_again(enum strategy strategy, const struct workspace_state *state) MUST_CHECK;

/* When a full sweep that proved nothing may be tried again, by the host's calendar. */
int64_t plan_retry(const struct workspace_state *state) MUST_CHECK;

/* Other facts that the costs depend on. */
struct plan_facts {
	int64_t unresolved; /* conversations held that are not resolved */
	int64_t changed;    /* that change within one interval */
	int usable;	    /* requests a minute */
};

/*
 * Requests of one cycle, at least and at most, if nothing moves meanwhile;
 * and the time they take.
 */
struct plan_cost {
	int64_t least, most;
	int64_t usec; /* of `most`, under the quota */
};

/* The cost of a cycle by a strategy. */
struct plan_cost plan_cost(enum strategy strategy, const struct workspace_state *state,
			   const struct plan_facts *facts) MUST_CHECK;

/*
 * The least interval, microseconds, at which incremental cycles, an audit every VERIFY and a full
 * sweep a day fit under the quota together; TIME_NEVER when the last two alone do not.
 */
int64_t plan_interval(const struct workspace_state *state, const struct plan_facts *facts,
		      int64_t verify) MUST_CHECK;

/* "full_sweep"; as it stands in the warehouse and in the log. */
const char *plan_strategy_name(enum strategy strategy) MUST_CHECK;

#endif
