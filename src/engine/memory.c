/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

static const char *const reasons[FULL_REASONS] = {
	[FULL_NOT_NEEDED] = "",
	[FULL_FIRST_LOAD] = "first_load",
	[FULL_RESUMED] = "resumed",
	[FULL_DEMOTED] = "demoted",
	[FULL_UNCERTIFIED] = "uncertified",
	[FULL_UNEXPLAINED] = "unexplained",
};

const char *memory_reason_name(enum full_reason reason)
{
	return reasons[reason];
}

enum full_reason memory_reason_parse(const char *name)
{
	for (int i = 0; i < FULL_REASONS; i++)
		if (strcmp(reasons[i], name) == 0)
			return (enum full_reason)i;
	return FULL_NOT_NEEDED;
}

void memory_publish_active(struct memory *memory, int64_t started)
{
	if (started != TIME_NONE)
		memory->active_as_of = max_i64(memory->active_as_of, started - memory->lookback);
}

void memory_publish_complete(struct memory *memory, int64_t started)
{
	if (started == TIME_NONE)
		return;
	memory->complete_as_of = max_i64(memory->complete_as_of, started - memory->lookback);
	memory_publish_active(memory, started);
}

void memory_demote(struct memory *memory)
{
	memory->order = ORDER_UNKNOWN;
	memory->needs_full = FULL_DEMOTED;
	if (memory->complete_as_of > memory->certified_at)
		memory->complete_as_of = memory->certified_at;
	if (memory->watermark > memory->certified_at)
		memory->watermark = memory->certified_at;
}
