/* SPDX-License-Identifier: MIT */
#include "filter_ids.h"

#include <string.h>

void filter_ids_free(struct filter_ids *names)
{
	table_free(&names->channels);
	table_free(&names->agents);
}

const char *filter_ids_status(enum status status)
{
	static const char *const texts[] = {
		[STATUS_ANY] = NULL,
		[STATUS_OPEN] = "open",
		[STATUS_PENDING] = "pending",
		[STATUS_SNOOZED] = "snoozed",
		[STATUS_RESOLVED] = "resolved",
		[STATUS_OTHER] = NULL,
	};

	return texts[status];
}

const char *filter_ids_channel(const struct filter_ids *names, const struct filter *filter)
{
	return filter->channel > 0 ? table_text(names->channels, filter->channel - 1, 0) : NULL;
}

const char *filter_ids_assignee(const struct filter_ids *names, const struct filter *filter)
{
	return filter->assignee > 0 ? table_text(names->agents, filter->assignee - 1, 0) : NULL;
}

int filter_ids_find(const struct table *list, const char *id)
{
	for (int i = 0; i < table_rows(list); i++)
		if (strcmp(table_text(list, i, 0), id) == 0)
			return i;
	return -1;
}

bool filter_ids_filter(const struct filter_ids *names, const char *status, const char *channel,
		       const char *assignee, struct filter *filter)
{
	*filter = (struct filter){ .status = STATUS_ANY };
	for (enum status s = STATUS_OPEN; status && s <= STATUS_RESOLVED; s++)
		if (strcmp(status, filter_ids_status(s)) == 0)
			filter->status = s;
	if (channel)
		filter->channel = 1 + filter_ids_find(names->channels, channel);
	if (assignee)
		filter->assignee = 1 + filter_ids_find(names->agents, assignee);
	return (!status || filter->status != STATUS_ANY) && (!channel || filter->channel > 0) &&
	       (!assignee || filter->assignee > 0);
}
