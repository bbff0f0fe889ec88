/* SPDX-License-Identifier: MIT */
/*
 * query.h -- the engine's queries to the warehouse, as scripts, and their answers.
 *
 * The warehouse runs the scripts, which stand in sql/ask/.
 */
#ifndef QUERY_H
#define QUERY_H

#include "action.h"
#include "filter_ids.h"
#include "grid.h"
#include "script.h"

struct query {
	int workspace;
	int64_t run, sweep;
	struct ask ask;
	const struct grid *page; /* ids of the page just read */
	const struct filter_ids *names;
};

/* Adds the steps of the query. */
void query_write(struct script *script, const struct query *query);

/*
 * Reads the answer to ASK. Returns the ids that came with it in the first
 * column of a grid, the control last (the second column is for what becomes
 * of them); NULL without any.
 */
struct grid *query_read(const struct ask *ask, const struct filter_ids *names,
			const struct grid *grid, struct answer *answer) MUST_CHECK;

#endif
