/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <stdio.h>

void stats_reset(struct stats *stats)
{
	window_done(&stats->last_minute);
	*stats = (struct stats){ 0 };
}

void stats_request(struct stats *stats, enum endpoint endpoint, int64_t now)
{
	size_t n;

	stats->requests++;
	stats->by_endpoint[endpoint]++;
	window_add(&stats->last_minute, now);
	n = window_count(&stats->last_minute, now);
	stats->peak = n > stats->peak ? n : stats->peak;
}

void stats_answer(struct stats *stats, int status)
{
	if (status >= 0 && status < STATS_STATUSES)
		stats->by_status[status]++;
}

void stats_write(const struct stats *stats, struct json_writer *out)
{
	char status[16];

	json_writer_key_int(out, "requests", (int64_t)stats->requests);
	json_writer_key(out, "by_status");
	json_writer_open(out, '{');
	for (int i = 0; i < STATS_STATUSES; i++) {
		if (stats->by_status[i] == 0)
			continue;
		snprintf(status, sizeof(status), "%d", i);
		json_writer_key_int(out, status, (int64_t)stats->by_status[i]);
	}
	json_writer_close(out, '}');
	json_writer_key(out, "by_kind");
	json_writer_open(out, '{');
	for (size_t i = 0; i < N_ENDPOINTS; i++) {
		json_writer_key(out, endpoint_name((enum endpoint)i));
		json_writer_int(out, (int64_t)stats->by_endpoint[i]);
	}
	json_writer_close(out, '}');
	json_writer_key_int(out, "peak_60s", (int64_t)stats->peak);
}
