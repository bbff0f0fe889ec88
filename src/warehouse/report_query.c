/* SPDX-License-Identifier: MIT */
#include "report_query.h"

#include <assert.h>
#include <string.h>

#include "sql.h"

/* Few enough to be held, many enough that the way to the server does not count. */
#define ROWS "5000"

/* No statement is longer. */
#define LONGEST_QUERY 65536

/* In its place a statement selects the configured fields. */
#define FIELDS " /* fields */"

/* The parameters of a query beside the workspace, in this order. */
enum {
	PERIOD = 1u << REPORT_FILTERS,
	SINCE = 1u << (REPORT_FILTERS + 1),
	CHANNEL = 1u << REPORT_CHANNEL,
	AGENT = 1u << REPORT_AGENT,
	TEAM = 1u << REPORT_TEAM,
	LABEL = 1u << REPORT_LABEL,
	PARTS = CHANNEL | AGENT | TEAM | LABEL,
};

static const struct query {
	const char *name, *sql;
	unsigned takes; /* without a period it shows the present */
} queries[] = {
	{ "backlog", sql_report_backlog, PERIOD | PARTS },
	{ "backlog_ages", sql_report_backlog_ages, PERIOD | PARTS },
	{ "backlog_channels", sql_report_backlog_channels, PARTS },
	{ "backlog_days", sql_report_backlog_days, PERIOD | PARTS },
	{ "backlog_tiles", sql_report_backlog_tiles, PERIOD | PARTS },
	{ "backlog_waiting", sql_report_backlog_waiting, PARTS },
	{ "changes", sql_report_changes, PERIOD | SINCE },
	{ "conversations", sql_report_conversations, PERIOD | PARTS },
	{ "freshness", sql_report_freshness, 0 },
	{ "freshness_days", sql_report_freshness_days, PERIOD },
	{ "freshness_now", sql_report_freshness_now, 0 },
	{ "freshness_runs", sql_report_freshness_runs, 0 },
	{ "replies", sql_report_replies, PERIOD | PARTS },
	{ "replies_agents", sql_report_replies_agents, PERIOD | PARTS },
	{ "replies_channels", sql_report_replies_channels, PERIOD | PARTS },
	{ "replies_days", sql_report_replies_days, PERIOD | PARTS },
	{ "replies_hours", sql_report_replies_hours, PERIOD | PARTS },
	{ "replies_known", sql_report_replies_known, 0 },
	{ "replies_tiles", sql_report_replies_tiles, PERIOD | PARTS },
	{ "replies_waiting", sql_report_replies_waiting, PARTS },
	{ "volume", sql_report_volume, PERIOD | PARTS },
	{ "volume_channels", sql_report_volume_channels, PERIOD | PARTS },
	{ "volume_days", sql_report_volume_days, PERIOD | PARTS },
	{ "volume_hours", sql_report_volume_hours, PERIOD | PARTS },
	{ "volume_labels", sql_report_volume_labels, PERIOD | PARTS },
	{ "volume_tiles", sql_report_volume_tiles, PERIOD | PARTS },
	{ "volume_totals", sql_report_volume_totals, PERIOD | PARTS },
	{ "workload", sql_report_workload, PERIOD | PARTS },
	{ "workload_agents", sql_report_workload_agents, PERIOD | PARTS },
	{ "workload_hours", sql_report_workload_hours, PERIOD | PARTS },
	{ "workload_now", sql_report_workload_now, PARTS },
	{ "workload_tiles", sql_report_workload_tiles, PERIOD | PARTS },
};

const char *report_query_word(enum report_filter filter)
{
	static const char *const words[] = { "channel", "agent", "team", "label" };

	return words[filter];
}

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

bool report_query_names(struct pg *pg, const char *workspace,
			const char *const wanted[REPORT_FILTERS], struct table **found,
			struct err *err)
{
	struct pg_step step = { .sql = sql_report_filters,
				.params = { workspace },
				.n = 1 + REPORT_FILTERS };

	for (int i = 0; i < REPORT_FILTERS; i++)
		step.params[1 + i] = wanted[i];
	return pg_run(pg, &step, 1, found, err);
}

bool report_query_candidates(struct pg *pg, const char *workspace, enum report_filter filter,
			     struct table **names, struct err *err)
{
	const struct pg_step step = { .sql = sql_report_names,
				      .params = { workspace, report_query_word(filter) },
				      .n = 2 };

	return pg_run(pg, &step, 1, names, err);
}

NEVER_NULL static const struct query *find(const char *name)
{
	const struct query *query = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(queries) && !query; i++)
		if (strcmp(queries[i].name, name) == 0)
			query = &queries[i];
	assert(query);
	return query;
}

unsigned report_query_filters(const char *name)
{
	return find(name)->takes & ((1u << REPORT_FILTERS) - 1);
}

/* The parameters that QUERY takes, one after the other. */
static struct pg_step step_of(const struct query *query, const struct report_period *period)
{
	struct pg_step step = { .sql = query->sql, .params = { period->workspace }, .n = 1 };

	if (query->takes & PERIOD) {
		step.params[step.n++] = period->from;
		step.params[step.n++] = period->to;
	}
	for (int i = 0; i < REPORT_FILTERS; i++)
		if (query->takes & 1u << i)
			step.params[step.n++] = period->filters[i];
	if (query->takes & SINCE)
		step.params[step.n++] = period->since;
	return step;
}

bool report_query_run(struct pg *pg, const char *name, const struct report_period *period,
		      struct table **table, struct err *err)
{
	struct pg_step step = step_of(find(name), period);

	return pg_run(pg, &step, 1, table, err);
}

bool report_query_begin(struct pg *pg, const char *name, const struct report_period *period,
			struct err *err)
{
	CLEANUP(buf_free) struct buf sql = BUF_MAX(LONGEST_QUERY);
	CLEANUP(table_free) struct table *fields = NULL;
	const struct pg_step ask = { .sql = sql_report_fields };
	struct pg_step step = step_of(find(name), period);
	const char *mark = strstr(step.sql, FIELDS);

	if (mark && !pg_run(pg, &ask, 1, &fields, err))
		return false;
	buf_str(&sql, "declare report_rows no scroll cursor for\n");
	if (mark) {
		buf_add(&sql, step.sql, (size_t)(mark - step.sql));
		buf_str(&sql, table_get(fields, 0, "columns"));
		step.sql = mark + strlen(FIELDS);
	}
	buf_str(&sql, step.sql);
	if (sql.full)
		return err_set(
			err, ERR_DATA,
			"the configured fields are too many for one report; leave some out of "
			"attributes");
	step.sql = buf_text(&sql);
	return pg_run(pg, &step, 1, NULL, err);
}

bool report_query_next(struct pg *pg, struct table **table, struct err *err)
{
	const struct pg_step fetch = { .sql = "fetch " ROWS " from report_rows" };

	if (!pg_run(pg, &fetch, 1, table, err))
		return false;
	return table_rows(*table) > 0 || pg_exec(pg, "close report_rows", err);
}
