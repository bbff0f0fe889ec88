/* SPDX-License-Identifier: MIT */
#include "parts.h"

/* Conversations move from one status to another while one counts: so often they are counted. */
#define MOST_READINGS 3

static void begin_reading(struct parts *parts)
{
	parts->status = STATUS_OPEN;
	parts->sum = parts->most = 0;
	parts->least = INT64_MAX;
}

void parts_begin(struct parts *parts, int64_t whole)
{
	*parts = (struct parts){ .whole = whole };
	begin_reading(parts);
}

void parts_next(const struct parts *parts, struct request *request)
{
	*request = (struct request){ .kind = REQUEST_LIST,
				     .filter = { .status = parts->status },
				     .page = 1,
				     .per_page = 1 };
}

/*
 * The whole was counted before its parts, and now after them. Where filters do nothing, each part
 * is the whole, and says nothing.
 */
static void take_whole(struct parts *parts, int64_t total)
{
	bool alike = parts->least == total && parts->most == total;

	parts->over = alike || parts->sum <= min_i64(parts->whole, total);
	parts->whole = total;
	if (parts->over)
		return;
	begin_reading(parts);
	parts->over = parts->more = ++parts->readings == MOST_READINGS;
}

void parts_take(struct parts *parts, int64_t total)
{
	if (parts->status == STATUS_ANY) {
		take_whole(parts, total);
		return;
	}
	parts->sum += total;
	parts->least = min_i64(parts->least, total);
	parts->most = max_i64(parts->most, total);
	parts->status = parts->status == STATUS_RESOLVED ? STATUS_ANY : parts->status + 1;
}
