/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli_cycle.h"
#include "command.h"
#include "err_policy.h"
#include "mem.h"
#include "quarantine.h"
#include "table_format.h"
#include "table_print.h"

/* A text of the warehouse as it is shown on a terminal. */
static const char *shown(char buf[512], const char *text)
{
	return err_quote(buf, 512, text ? text : "", text ? strlen(text) : 0);
}

static void none_of_that_id(const char *id, struct err *err)
{
	char text[512];

	err_set(err, ERR_USAGE,
		"nothing that could not be loaded has the id %s; sahut-etl rejected lists all",
		shown(text, id));
}

/* ---- the list ---------------------------------------------------------- */

static struct table *for_people(const struct table *list)
{
	static const struct {
		const char *head;
		const char *from;
	} columns[] = { { "workspace", "workspace" },
			{ "conversation", "id" },
			{ "state", "state" },
			{ "since", "since" },
			{ "reason", "reason" } };
	struct table *table = table_new(ARRAY_SIZE(columns));
	char text[512];

	for (int c = 0; c < (int)ARRAY_SIZE(columns); c++)
		table_name(table, c, columns[c].head, false);
	for (int r = 0; r < table_rows(list); r++) {
		table_add(table);
		for (int c = 0; c < (int)ARRAY_SIZE(columns); c++) {
			shown(text, table_get(list, r, columns[c].from));
			table_set(table, r, c, text, strlen(text));
		}
	}
	return table;
}

static void print(const struct table *list, bool json)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(64u << 20);
	CLEANUP(table_free) struct table *table = json ? NULL : for_people(list);

	if (json)
		table_format_json(list, &out);
	else if (table_rows(list) > 0)
		table_print(table, &out, NULL);
	else
		buf_str(&out, "everything could be loaded");
	if (json || table_rows(list) == 0)
		buf_char(&out, '\n');
	fputs(buf_text(&out), stdout);
}

/* ---- accepting --------------------------------------------------------- */

static void print_accepted(const char *id, const struct table *accepted)
{
	char text[512], name[512];

	for (int r = 0; r < table_rows(accepted); r++) {
		if (table_get_bool(accepted, r, "is_message")) {
			printf("%s: the message %s is accepted as missing; its days count as fully "
			       "read\n",
			       shown(name, table_get(accepted, r, "name")), shown(text, id));
			continue;
		}
		printf("%s: %s is accepted as missing, and named wherever completeness is said; ",
		       shown(name, table_get(accepted, r, "name")), shown(text, id));
		if (table_get_int(accepted, r, "holding") > 0)
			printf("%lld others still hold the instants\n",
			       (long long)table_get_int(accepted, r, "holding"));
		else
			printf("the next cycle moves the instants\n");
	}
}

static bool accept(struct app *app, const char *id, struct err *err)
{
	CLEANUP(table_free) struct table *accepted = NULL;
	CLEANUP(pg_close) struct pg *pg = app_warehouse_session(app, err);
	struct quarantine_which which = { app->workspace, id };

	app_name(app, "rejected");
	if (!pg || !quarantine_accept(pg, &which, app->who, &accepted, err))
		return false;
	if (table_rows(accepted) == 0) {
		none_of_that_id(id, err);
		return false;
	}
	if (!app->quiet)
		print_accepted(id, accepted);
	return true;
}

/* ---- fetching again ---------------------------------------------------- */

/* Notes the wish; false when there is nothing that can be asked for. */
static bool want(struct app *app, const char *id, struct table **wanted, struct err *err)
{
	CLEANUP(pg_close) struct pg *pg = app_warehouse_session(app, err);
	struct quarantine_which which = { app->workspace, id };

	if (!pg || !quarantine_want(pg, &which, wanted, err))
		return false;
	if (table_rows(*wanted) == 0) {
		none_of_that_id(id, err);
		return false;
	}
	for (int r = 0; r < table_rows(*wanted); r++)
		if (!table_get_bool(*wanted, r, "has_id"))
			return err_set(err, ERR_USAGE,
				       "it has no id that can be asked for; a full sweep reads it "
				       "again: sahut-etl sync --full");
	return true;
}

/* Prints the outcome: loaded, or rejected still. */
static bool print_outcome(struct app *app, const char *id, struct err *err)
{
	CLEANUP(table_free) struct table *list = NULL;
	CLEANUP(pg_close) struct pg *pg = app_warehouse_session(app, err);
	struct quarantine_which which = { app->workspace, id };
	char text[512], name[512], reason[512];

	if (!pg || !quarantine_list(pg, &which, &list, err))
		return false;
	for (int r = 0; r < table_rows(list); r++)
		printf("%s: %s could not be loaded again: %s\n",
		       shown(name, table_get(list, r, "workspace")), shown(text, id),
		       shown(reason, table_get(list, r, "reason")));
	if (table_rows(list) > 0)
		app->exit = err_policy_worse(app->exit, EXIT_DATA);
	else if (!app->quiet)
		printf("%s is rejected no longer\n", shown(text, id));
	return true;
}

/* A cycle of changes begins with the wanted items; a list of messages is read by another one. */
static enum cycle_kind kind_for(const struct table *wanted, int row)
{
	return table_get_bool(wanted, row, "is_message") ? CYCLE_MESSAGES : CYCLE_INCREMENTAL;
}

static void run_cycles(struct app *app, const struct table *wanted)
{
	struct cli_cycle *cycles = mem_new(app->n_workspaces * sizeof(*cycles));
	size_t n = 0;

	for (size_t i = 0; i < app->n_workspaces; i++)
		for (int r = 0; r < table_rows(wanted); r++)
			if (strcmp(app->workspaces[i]->name, table_get(wanted, r, "name")) == 0)
				cycles[n++] = (struct cli_cycle){ .conf = app->workspaces[i],
								  .kind = kind_for(wanted, r) };
	if (n > 0 && !cli_cycle_run_all(app, cycles, n))
		app->exit = EXIT_LATER;
	for (size_t i = 0; i < n; i++)
		app->exit = err_policy_worse(app->exit, cli_cycle_exit(&cycles[i]));
	cli_cycle_end_all(cycles, n);
	mem_free(&cycles);
}

static bool retry(struct app *app, const char *id, struct err *err)
{
	CLEANUP(table_free) struct table *wanted = NULL;

	if (!want(app, id, &wanted, err))
		return false;
	if (!app_workspaces(app) || !app_open_warehouse(app, "rejected"))
		return true;
	run_cycles(app, wanted);
	return print_outcome(app, id, err);
}

void cmd_rejected(struct app *app)
{
	CLEANUP(table_free) struct table *list = NULL;
	CLEANUP(pg_close) struct pg *pg = NULL;
	const char *none[1], *accepted = NULL, *retried = NULL;
	bool json = false, ok;
	const struct opt options[] = {
		{ .name = "accept",
		  .letter = 'a',
		  .arg = "ID",
		  .help = "accept that this one is missing: the instants move again",
		  .value = &accepted },
		{ .name = "retry",
		  .letter = 'r',
		  .arg = "ID",
		  .help = "fetch this one again",
		  .value = &retried },
		{ .name = "json", .letter = 'j', .help = "as JSON", .flag = &json },
		OPT_END,
	};
	struct quarantine_which all = { app->workspace, NULL };
	struct err err = ERR_INIT;

	if (!command_options(app, options, none, 0) ||
	    !(retried ? app_config(app) : app_config_part(app, "warehouse")) ||
	    !app_network(app, false))
		return;
	if (accepted)
		ok = accept(app, accepted, &err);
	else if (retried)
		ok = retry(app, retried, &err);
	else
		ok = (pg = app_warehouse_session(app, &err)) &&
		     quarantine_list(pg, &all, &list, &err);
	if (!ok)
		app_fail(app, &err);
	else if (!accepted && !retried)
		print(list, json);
}
