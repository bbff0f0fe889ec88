/* SPDX-License-Identifier: MIT */
/*
 * status_sum.h -- Tells by the statuses' counts whether a list has parts that
 * it does not show.
 *
 * Counts each status, one after another. They may add up to more than the
 * whole for a moment, while conversations move from one to another; if they
 * always do, the whole list leaves a status out, or its total is not true
 * (PROTOCOL.md, rule 6). Pure, like all of the engine.
 */
#ifndef STATUS_SUM_H
#define STATUS_SUM_H

#include "action.h"

struct status_sum {
	enum status status; /* being counted; STATUS_ANY: all, once more */
	int readings;
	int64_t sum, least, most; /* of the reading */
	int64_t whole;
	bool over, more; /* it is known whether they are more than the whole; they are */
};

/* Begins to count. The whole list was said to have so many rows. */
void status_sum_begin(struct status_sum *sum, int64_t whole);

/* The next count to send. */
void status_sum_next(const struct status_sum *sum, struct request *request);

/* The counts of the API. */
void status_sum_take(struct status_sum *sum, int64_t total);

#endif
