/* SPDX-License-Identifier: MIT */
/*
 * names.h -- what the engine's numbers stand for: statuses, channels, agents.
 *
 * The engine counts channels and agents; their ids are the API's and stay
 * here. The lists are read from the warehouse once a cycle, when they are
 * first needed, so that a number means the same as long as the cycle lasts.
 */
#ifndef NAMES_H
#define NAMES_H

#include "engine_types.h"
#include "grid.h"

/* One id a row, in byte order; NULL while they have not been read. */
struct names {
	struct grid *channels, *agents;
};

/* Frees the lists. */
void names_free(struct names *names);

/* A status as the API spells it; NULL for any, and for one that the reference does not know. */
const char *names_status(enum status status) MUST_CHECK;

/* The id of the channel that a filter names; NULL for any. Lives as long as NAMES. */
const char *names_channel(const struct names *names, const struct filter *filter) MUST_CHECK;

/* The id of the agent that a filter names; NULL for anybody, and for nobody. Likewise. */
const char *names_assignee(const struct names *names, const struct filter *filter) MUST_CHECK;

/*
 * The filter that stands for these ids (NULL: any), as a number of each. False
 * when one is not in the lists any more.
 */
bool names_filter(const struct names *names, const char *status, const char *channel,
		  const char *assignee, struct filter *filter) MUST_CHECK;

/* The place of an id in a list; -1 when it is not there. */
int names_find(const struct grid *list, const char *id) MUST_CHECK;

#endif
