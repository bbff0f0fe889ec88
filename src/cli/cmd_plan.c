/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "forecast.h"
#include "inspect.h"
#include "table_print.h"
#include "time_format.h"

static void set(struct table *table, int column, const char *text)
{
	table_set_text(table, table_rows(table) - 1, column, text);
}

/* One row: the task, its strategy, its requests, its time, and how often it is done. */
static void add(struct table *table, const char *what, enum strategy strategy,
		const struct plan_cost *cost, const char *often)
{
	char text[64];

	table_add(table);
	set(table, 1, what);
	set(table, 2, plan_strategy_name(strategy));
	if (cost->least == cost->most)
		snprintf(text, sizeof(text), "%" PRId64, cost->most);
	else
		snprintf(text, sizeof(text), "%" PRId64 " to %" PRId64, cost->least, cost->most);
	set(table, 3, text);
	set(table, 4, duration_format(cost->usec, text));
	set(table, 5, often);
}

static void add_workspace(struct table *table, const struct forecast *f)
{
	const struct workspace_schedule *schedule = &f->workspace->schedule;
	char every[TIME_FORMAT_SIZE], text[64];
	int first = table_rows(table);

	if (!f->known)
		return;
	snprintf(text, sizeof(text), "every %s", duration_format(schedule->incremental, every));
	add(table, "next cycle", f->strategy, &f->cycle, text);
	snprintf(text, sizeof(text), "every %s", duration_format(schedule->verify, every));
	add(table, "verify", STRATEGY_COUNT_AUDIT, &f->verify, text);
	snprintf(text, sizeof(text), "daily at %02d:%02d", schedule->full / 60,
		 schedule->full % 60);
	add(table, "full sweep", STRATEGY_FULL_SWEEP, &f->full, text);
	table_set_text(table, first, 0, f->workspace->name);
}

static void add_messages(const struct forecast *f, struct buf *said)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(4096);

	forecast_messages(f, &text);
	if (text.len > 0)
		buf_printf(said, "%s: %s.\n", f->workspace->name, buf_text(&text));
}

/* The requests of the last days, by purpose, and their results. */
static bool add_ledger(struct app *app, struct buf *out)
{
	CLEANUP(table_free) struct table *ledger = NULL;
	struct err err = ERR_INIT;

	if (!inspect_ledger(app->warehouse, app->workspace, &ledger, &err))
		return app_fail(app, &err);
	if (table_rows(ledger) == 0)
		return true;
	buf_char(out, '\n');
	table_print(ledger, out, NULL);
	return true;
}

void cmd_plan(struct app *app)
{
	static const char *const heads[] = { "workspace", "what",  "strategy",
					     "requests",  "takes", "when" };
	CLEANUP(buf_free) struct buf said = BUF_MAX(1u << 20);
	CLEANUP(buf_free) struct buf out = BUF_MAX(1u << 20);
	CLEANUP(table_free) struct table *table = table_new(ARRAY_SIZE(heads));
	const struct opt options[] = { OPT_END };
	const char *none[1];

	if (!command_options(app, options, none, 0) || !app_config(app) || !app_workspaces(app) ||
	    !app_network(app, false) || !app_open_warehouse(app, "plan"))
		return;
	for (int c = 0; c < (int)ARRAY_SIZE(heads); c++)
		table_name(table, c, heads[c], false);
	for (size_t i = 0; i < app->n_workspaces; i++) {
		const struct workspace_conf *workspace = app->workspaces[i];
		struct forecast forecast;
		struct err err = ERR_INIT;

		if (!forecast_make(app->warehouse, workspace, clock_real(app->clock), &forecast,
				   &err)) {
			app_fail(app, &err);
			return;
		}
		add_workspace(table, &forecast);
		buf_printf(&said, "%s: ", workspace->name);
		forecast_sum(&forecast, &said);
		buf_printf(&said, ".\n%s: ", workspace->name);
		forecast_outcome(&forecast, &said);
		buf_str(&said, ".\n");
		add_messages(&forecast, &said);
	}
	if (table_rows(table) > 0) {
		table_print(table, &out, NULL);
		buf_char(&out, '\n');
	}
	buf_add(&out, said.data, said.len);
	if (!add_ledger(app, &out))
		return;
	command_print(buf_text(&out), out.len);
}
