/* SPDX-License-Identifier: MIT */
/*
 * parts.h -- whether a list has parts that it does not show.
 *
 * Counts each status, one after another. They may add up to more than the
 * whole for a moment, while conversations move from one to another; if they
 * always do, the whole list leaves a status out, or its total is not true
 * (PROTOCOL.md, rule 6). Pure, like all of the engine.
 */
#ifndef PARTS_H
#define PARTS_H

#include "action.h"

struct parts {
	enum status status; /* being counted; STATUS_ANY: all, once more */
	int readings;
	int64_t sum, least, most; /* of the reading */
	int64_t whole;
	bool over, more; /* it is known whether they are more than the whole; they are */
};

/* Begins to count. The whole list was said to have so many rows. */
void parts_begin(struct parts *parts, int64_t whole);

/* The next count to send. */
void parts_next(const struct parts *parts, struct request *request);

/* The counts of the API. */
void parts_take(struct parts *parts, int64_t total);

#endif
