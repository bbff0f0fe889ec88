/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "gridout.h"
#include "schema.h"
#include "script.h"
#include "sql.h"
#include "timetext.h"

/* What the table for people shows, of all that there is; the rest is in --json. */
static const struct shown {
	const char *column, *heading;
} shown[] = {
	{ "workspace", "workspace" },
	{ "order", "order" },
	{ "complete_as_of", "complete as of" },
	{ "active_as_of", "active as of" },
	{ "lag_seconds", "lag" },
	{ "last_kind", "last run" },
	{ "last_state", "" },
	{ "last_verdict", "" },
	{ "rows", "conversations" },
	{ "rejected", "rejected" },
	{ "requests_today", "requests today" },
};

static int column_of(const struct grid *grid, const char *name)
{
	for (int c = 0; c < grid_columns(grid); c++)
		if (strcmp(grid_column_name(grid, c), name) == 0)
			return c;
	return 0;
}

static void set(struct grid *table, int row, int column, const char *text)
{
	grid_set(table, row, column, text, strlen(text));
}

static struct grid *for_people(const struct grid *all)
{
	struct grid *table = grid_new(ARRAY_SIZE(shown));
	char lag[TIMETEXT_SIZE];

	for (int c = 0; c < (int)ARRAY_SIZE(shown); c++)
		grid_name(table, c, shown[c].heading,
			  grid_is_number(all, column_of(all, shown[c].column)));
	for (int r = 0; r < grid_rows(all); r++) {
		grid_add(table);
		for (int c = 0; c < (int)ARRAY_SIZE(shown); c++) {
			int from = column_of(all, shown[c].column);
			const char *text = grid_text(all, r, from);

			if (!text)
				set(table, r, c, "-");
			else if (strcmp(shown[c].column, "lag_seconds") == 0)
				set(table, r, c,
				    duration_format(max_i64(grid_int(all, r, from), 0) *
							    USEC_PER_SEC,
						    lag));
			else
				set(table, r, c, text);
		}
	}
	return table;
}

static void print(const struct grid *all, bool json)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(16u << 20);
	CLEANUP(grid_free) struct grid *table = NULL;

	if (json) {
		gridout_json(all, &out);
		buf_char(&out, '\n');
	} else {
		table = for_people(all);
		gridout_table(table, &out);
	}
	fputs(buf_text(&out), stdout);
}

void cmd_status(struct context *context)
{
	CLEANUP(grid_free) struct grid *all = NULL;
	CLEANUP(pg_close) struct pg *pg = NULL;
	CLEANUP(script_free) struct script *script = script_new();
	const char *none[1];
	bool json = false;
	const struct opt options[] = {
		{ .name = "json",
		  .letter = 'j',
		  .help = "as JSON, with all there is",
		  .flag = &json },
		OPT_END,
	};
	struct err err = ERR_INIT;
	struct pg_conf conf;

	if (!command_options(context, options, none, 0) ||
	    !context_config_part(context, "warehouse") || !context_network(context, false))
		return;
	conf = context_pg(context, false);
	pg = pg_open(context->wait, &conf, &err);
	script_add(script, sql_status_workspaces);
	script_text(script, context->workspace);
	if (!pg || !schema_check(pg, &err) || !script_run(script, pg, &all, &err)) {
		context_fail(context, &err);
		return;
	}
	print(all, json);
}
