/* SPDX-License-Identifier: MIT */
#include "status_sum.h"

/* Conversations move from one status to another while one counts: so often they are counted. */
#define MOST_READINGS 3

static void begin_reading(struct status_sum *sum)
{
	sum->status = STATUS_OPEN;
	sum->sum = sum->most = 0;
	sum->least = INT64_MAX;
}

void status_sum_begin(struct status_sum *sum, int64_t whole)
{
	*sum = (struct status_sum){ .whole = whole };
	begin_reading(sum);
}

void status_sum_next(const struct status_sum *sum, struct request *request)
{
	*request = (struct request){
		.kind = REQUEST_LIST, .filter = { .status = sum->status }, .page = 1, .per_page = 1
	};
}

/*
 * The whole was counted before its parts, and now after them. Where filters do nothing, each part
 * is the whole, and says nothing.
 */
static void take_whole(struct status_sum *sum, int64_t total)
{
	bool alike = sum->least == total && sum->most == total;

	sum->over = alike || sum->sum <= min_i64(sum->whole, total);
	sum->whole = total;
	if (sum->over)
		return;
	begin_reading(sum);
	sum->over = sum->more = ++sum->readings == MOST_READINGS;
}

void status_sum_take(struct status_sum *sum, int64_t total)
{
	if (sum->status == STATUS_ANY) {
		take_whole(sum, total);
		return;
	}
	sum->sum += total;
	sum->least = min_i64(sum->least, total);
	sum->most = max_i64(sum->most, total);
	sum->status = sum->status == STATUS_RESOLVED ? STATUS_ANY : sum->status + 1;
}
