/* SPDX-License-Identifier: MIT */
/*
 * filter_ids.h -- Maps the engine's numbers to statuses, channels and agents.
 *
 * The engine counts channels and agents; their ids are the API's and stay
 * here. The lists are read from the warehouse once a cycle, when they are
 * first needed, so that a number means the same as long as the cycle lasts.
 */
#ifndef FILTER_IDS_H
#define FILTER_IDS_H

#include "engine_types.h"
#include "table.h"

/* One id a row, in byte order; NULL while they have not been read. */
struct filter_ids {
	struct table *channels, *agents;
};

/* Frees the lists. */
void filter_ids_free(struct filter_ids *names);

/* A status as the API spells it; NULL for any, and for one that the reference does not know. */
const char *filter_ids_status(enum status status) MUST_CHECK;

/* The id of the channel that a filter names; NULL for any. Lives as long as NAMES. */
const char *filter_ids_channel(const struct filter_ids *names,
			       const struct filter *filter) MUST_CHECK;

/* The id of the agent that a filter names; NULL for anybody, and for nobody. Likewise. */
const char *filter_ids_assignee(const struct filter_ids *names,
				const struct filter *filter) MUST_CHECK;

/*
 * The filter that stands for these ids (NULL: any), as a number of each. False
 * when one is not in the lists any more.
 */
bool filter_ids_filter(const struct filter_ids *names, const char *status, const char *channel,
		       const char *assignee, struct filter *filter) MUST_CHECK;

/* The place of an id in a list; -1 when it is not there. */
int filter_ids_find(const struct table *list, const char *id) MUST_CHECK;

#endif
