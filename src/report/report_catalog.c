/* SPDX-License-Identifier: MIT */
#include "report_catalog.h"

#include <string.h>

#include "nearest.h"

static const struct panel volume[] = {
	{ .name = "volume_tiles", .kind = PANEL_TILES },
	{ .name = "volume_days",
	  .kind = PANEL_CHART,
	  .chart = "line",
	  .series = 3,
	  .terminal = true },
	{ .name = "volume_channels",
	  .kind = PANEL_CHART,
	  .chart = "bar",
	  .stacked = true,
	  .pivot = true },
	{ .name = "volume_hours", .kind = PANEL_HEAT, .pivot = true },
	{ .name = "volume_totals", .kind = PANEL_TABLE, .terminal = true },
	{ .name = "volume_labels", .kind = PANEL_CHART, .chart = "rows", .series = 1 },
};

static const struct panel workload[] = {
	{ .name = "workload_tiles", .kind = PANEL_TILES },
	{ .name = "workload_now",
	  .kind = PANEL_CHART,
	  .chart = "rows",
	  .palette = "status",
	  .series = 3,
	  .stacked = true,
	  .terminal = true },
	{ .name = "workload_hours", .kind = PANEL_HEAT, .pivot = true },
	{ .name = "workload_agents", .kind = PANEL_TABLE, .terminal = true },
};

static const struct panel backlog[] = {
	{ .name = "backlog_tiles", .kind = PANEL_TILES },
	{ .name = "backlog_days",
	  .kind = PANEL_CHART,
	  .chart = "bar",
	  .palette = "status",
	  .series = 4,
	  .stacked = true,
	  .half = true,
	  .terminal = true },
	{ .name = "backlog_ages",
	  .kind = PANEL_CHART,
	  .chart = "bar",
	  .palette = "age",
	  .stacked = true,
	  .half = true },
	{ .name = "backlog_channels", .kind = PANEL_TABLE },
	{ .name = "backlog_waiting", .kind = PANEL_TABLE, .terminal = true },
};

static const struct panel replies[] = {
	{ .name = "replies_tiles", .kind = PANEL_TILES },
	{ .name = "replies_known", .kind = PANEL_TABLE, .terminal = true },
	{ .name = "replies_days",
	  .kind = PANEL_CHART,
	  .chart = "line",
	  .series = 3,
	  .terminal = true },
	{ .name = "replies_hours", .kind = PANEL_HEAT, .pivot = true },
	{ .name = "replies_channels", .kind = PANEL_TABLE, .terminal = true },
	{ .name = "replies_agents", .kind = PANEL_TABLE, .terminal = true },
	{ .name = "replies_waiting", .kind = PANEL_TABLE, .terminal = true },
};

static const struct panel freshness[] = {
	{ .name = "freshness_now", .kind = PANEL_TABLE, .terminal = true },
	{ .name = "freshness_days",
	  .kind = PANEL_CHART,
	  .chart = "bar",
	  .stacked = true,
	  .pivot = true,
	  .series_words = "kind_" },
	{ .name = "freshness_runs", .kind = PANEL_TABLE, .terminal = true },
};

static const struct report_catalog topics[] = {
	{ "workload", workload, ARRAY_SIZE(workload), true },
	{ "backlog", backlog, ARRAY_SIZE(backlog), true },
	{ "volume", volume, ARRAY_SIZE(volume), true },
	{ "replies", replies, ARRAY_SIZE(replies), false },
	{ "freshness", freshness, ARRAY_SIZE(freshness), false },
	{ "conversations", NULL, 0, false },
};

_Static_assert(ARRAY_SIZE(topics) <= REPORT_CATALOG_MOST, "REPORT_CATALOG_MOST is too small");

const struct report_catalog *report_catalog_all(size_t *n)
{
	*n = ARRAY_SIZE(topics);
	return topics;
}

const struct report_catalog *report_catalog_find(const char *name, struct err *err)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		if (strcmp(name, topics[i].name) == 0)
			return &topics[i];
		nearest_try(&nearest, topics[i].name);
	}
	err_set(err, ERR_USAGE,
		"there is no report \"%s\"%s%s; there are volume, workload, backlog, "
		"replies, conversations and freshness",
		name, nearest.found ? "; did you mean " : "", nearest.found ? nearest.found : "");
	return NULL;
}
