/* SPDX-License-Identifier: MIT */
#include "conversation.h"

#include <string.h>

static const char *const names[N_STATUSES] = {
	[STATUS_OPEN] = "open",
	[STATUS_PENDING] = "pending",
	[STATUS_RESOLVED] = "resolved",
	[STATUS_SNOOZED] = "snoozed",
};

const char *conversation_status_name(enum conversation_status status)
{
	return names[status];
}

bool conversation_status_parse(const char *name, uint8_t *ret)
{
	for (int i = 0; i < N_STATUSES; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (uint8_t)i;
			return true;
		}
	}
	return false;
}

bool conversation_state_same(const struct conversation_state *a, const struct conversation_state *b)
{
	return a->labels == b->labels && a->status == b->status && a->assignee == b->assignee &&
	       a->team == b->team;
}
