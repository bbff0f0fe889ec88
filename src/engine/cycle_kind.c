/* SPDX-License-Identifier: MIT */
#include "cycle_kind.h"

#include <assert.h>
#include <string.h>

static const struct cycle_rules table[CYCLE_KINDS] = {
	[CYCLE_INCREMENTAL] = { "incremental", NULL, CYCLE_INCREMENTAL, .everything = false },
	[CYCLE_VERIFY] = { "verify", NULL, CYCLE_VERIFY, .counts = true },
	[CYCLE_REPAIR] = { "repair", NULL, CYCLE_REPAIR, .counts = true, .repair = true,
			   .recall = true },
	[CYCLE_FULL] = { "full", "full", CYCLE_FULL, .everything = true },
	[CYCLE_HINTED] = { "hinted", NULL, CYCLE_HINTED, .hinted = true },
	[CYCLE_MESSAGES] = { "messages", "messages", CYCLE_MESSAGES, .messages = true },

	[CYCLE_SYNC] = { "incremental", "incremental", CYCLE_INCREMENTAL, .insists = true },
	[CYCLE_LOOK] = { "verify", NULL, CYCLE_VERIFY, .counts = true, .look = true },
	[CYCLE_SETTLE] = { "verify", "verify", CYCLE_VERIFY, .counts = true, .settle_first = true },
	[CYCLE_REPAIR_ALL] = { "repair", "repair", CYCLE_REPAIR, .counts = true,
			       .settle_first = true, .repair = true, .recall = true,
			       .accept_deletions = true },
	[CYCLE_FULL_REPAIR] = { "full", "full_repair", CYCLE_FULL, .everything = true,
				.accept_deletions = true },

	[CYCLE_FIRST_LOAD] = { "first_load", NULL, CYCLE_FULL, .everything = true },
};

const struct cycle_rules *cycle_kind(enum cycle_kind kind)
{
	assert((unsigned int)kind < CYCLE_KINDS);
	return &table[kind];
}

bool cycle_kind_of_request(const char *request, enum cycle_kind *kind)
{
	for (int k = 0; k < CYCLE_KINDS; k++) {
		if (!table[k].request || strcmp(table[k].request, request) != 0)
			continue;
		*kind = (enum cycle_kind)k;
		return true;
	}
	return false;
}
