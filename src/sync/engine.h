/* SPDX-License-Identifier: MIT */
/*
 * engine.h -- decides what a cycle does next.
 *
 * It is told replies, answers and commits, and says what to do: send this,
 * commit what is staged, ask the warehouse, done. It knows no clock, no
 * socket and no SQL, holds no memory that grows, and can be copied; so it is
 * run against a model of the API, with drift, faults and crashes chosen by a
 * seed, as well as by the loop in turn.c. PROTOCOL.md says why it does what.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "act.h"
#include "full.h"
#include "memory.h"

/* What a cycle is for. */
enum goal {
	GOAL_INCREMENTAL, /* whatever changed; everything, when that is needed */
	GOAL_FULL,	  /* everything */
};

/* How it goes about it. */
enum strategy {
	STRATEGY_NONE,
	STRATEGY_FULL_SWEEP,
	STRATEGIES,
};

struct engine_conf {
	enum goal goal;
	int ahead; /* pages in flight together, at most */
	bool repair;
};

struct engine {
	struct engine_conf conf;
	enum strategy strategy;
	struct memory memory;
	struct full full;
	bool over;
};

/* Begins a cycle with what is known of the workspace. */
void engine_begin(struct engine *engine, const struct engine_conf *conf,
		  const struct memory *memory);

/* So many pages may be in flight from now on, as latency and quota have it. */
void engine_set_ahead(struct engine *engine, int ahead);

/* When the cycle began, on the API's clock; TIME_NONE while that is not known. */
int64_t engine_started(const struct engine *engine) MUST_CHECK;

/* What to do next. STAGE_FULL: so much is staged that it should be committed as soon as may be. */
void engine_next(struct engine *engine, bool stage_full, struct act *act);

/* The page that came for the oldest list request that was not answered. */
void engine_page(struct engine *engine, const struct page *page);

/* What came of the GET under way. */
void engine_item(struct engine *engine, enum item_outcome outcome);

/* The warehouse's answer to the question under way. */
void engine_answer(struct engine *engine, const struct answer *answer);

/* The commit under way was done, and this is what it came to. */
void engine_committed(struct engine *engine, const struct tally *tally);

/* Whether the commit that is asked for declares the I-th id of the last answer deleted. */
bool engine_buries(const struct engine *engine, int i) MUST_CHECK;

/* "full_sweep"; as it stands in the warehouse and in the log. */
const char *engine_strategy_name(enum strategy strategy) MUST_CHECK;

#endif
