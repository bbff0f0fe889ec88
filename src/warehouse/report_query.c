/* SPDX-License-Identifier: MIT */
#include "report_query.h"

#include <assert.h>
#include <string.h>

#include "sql.h"

static const struct query {
	const char *name, *sql;
	bool has_period; /* else it shows the present, and takes the workspace alone */
} queries[] = {
	{ "backlog", sql_report_backlog, true },
	{ "backlog_ages", sql_report_backlog_ages, true },
	{ "backlog_channels", sql_report_backlog_channels, false },
	{ "backlog_days", sql_report_backlog_days, true },
	{ "backlog_tiles", sql_report_backlog_tiles, false },
	{ "backlog_waiting", sql_report_backlog_waiting, false },
	{ "freshness", sql_report_freshness, false },
	{ "freshness_days", sql_report_freshness_days, true },
	{ "freshness_now", sql_report_freshness_now, false },
	{ "freshness_runs", sql_report_freshness_runs, false },
	{ "replies", sql_report_replies, true },
	{ "replies_agents", sql_report_replies_agents, true },
	{ "replies_channels", sql_report_replies_channels, true },
	{ "replies_days", sql_report_replies_days, true },
	{ "replies_hours", sql_report_replies_hours, true },
	{ "replies_known", sql_report_replies_known, false },
	{ "replies_tiles", sql_report_replies_tiles, true },
	{ "replies_waiting", sql_report_replies_waiting, false },
	{ "volume", sql_report_volume, true },
	{ "volume_channels", sql_report_volume_channels, true },
	{ "volume_days", sql_report_volume_days, true },
	{ "volume_hours", sql_report_volume_hours, true },
	{ "volume_labels", sql_report_volume_labels, true },
	{ "volume_tiles", sql_report_volume_tiles, true },
	{ "volume_totals", sql_report_volume_totals, true },
	{ "workload", sql_report_workload, true },
	{ "workload_agents", sql_report_workload_agents, true },
	{ "workload_hours", sql_report_workload_hours, true },
	{ "workload_now", sql_report_workload_now, false },
	{ "workload_tiles", sql_report_workload_tiles, false },
};

bool report_query_open(struct pg *pg, const struct report_period *period, struct table **scope,
		       struct err *err)
{
	const struct pg_step steps[] = {
		{ .sql = sql_report_begin },
		{ .sql = sql_report_scope,
		  .params = { period->workspace, period->from, period->to },
		  .n = 3 },
	};

	return pg_run(pg, steps, ARRAY_SIZE(steps), scope, err);
}

static const struct query *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		if (strcmp(queries[i].name, name) == 0)
			return &queries[i];
	return NULL;
}

bool report_query_run(struct pg *pg, const char *name, const struct report_period *period,
		      struct table **table, struct err *err)
{
	const struct query *query = find(name);
	struct pg_step step = { .params = { period->workspace, period->from, period->to } };

	assert(query);
	step.sql = query->sql;
	step.n = query->has_period ? 3 : 1;
	return pg_run(pg, &step, 1, table, err);
}
