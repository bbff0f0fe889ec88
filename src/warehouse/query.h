/* SPDX-License-Identifier: MIT */
/*
 * query.h -- Runs the engine's queries against the warehouse, and reads their
 * results.
 *
 * The warehouse runs the scripts, which stand in sql/query/.
 */
#ifndef QUERY_H
#define QUERY_H

#include "action.h"
#include "filter_ids.h"
#include "script.h"
#include "table.h"

/* The columns of the ids that come with any other answer. */
enum id_column {
	ID_OWN,
	ID_MERGED_INTO, /* where the API answers with another conversation */
	ID_COLUMNS,
};

/* The columns of the ids of conversations whose messages are to be read. */
enum message_column {
	MESSAGE_CONVERSATION,
	MESSAGE_LAST, /* the id of the last message that is known, where there is one */
	MESSAGE_COLUMNS,
};

struct query {
	int workspace;
	int64_t run, sweep;
	struct ask ask;
	const struct table *page; /* ids of the page just read */
	const struct filter_ids *names;
};

/* Adds the steps of the query. */
void query_write(struct script *script, const struct query *query);

/*
 * Reads the answer to ASK. Returns the ids that came with it in the first
 * column of a table, the control last (the second column is for the outcome of
 * each); NULL without any.
 */
struct table *query_read(const struct ask *ask, const struct filter_ids *names,
			 const struct table *table, struct answer *answer) MUST_CHECK;

#endif
