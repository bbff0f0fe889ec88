/* SPDX-License-Identifier: MIT */
/*
 * cmd_verify.c -- the API's counts against the warehouse's.
 *
 * In steps, each for those workspaces only that still need it: with --full
 * everything is read; then the counts are looked at, which takes no lock and
 * leaves no trace; and only where they differ is there a cycle that settles,
 * splits, and with --repair repairs. Beside a daemon that cycle is a command request.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli_cycle.h"
#include "command.h"
#include "err_policy.h"
#include "json_writer.h"
#include "mem.h"
#include "script.h"
#include "sql.h"
#include "table_print.h"

/* The columns of sql/verify/cells.sql. */
enum { KIND, STATUS, CHANNEL_ID, CHANNEL, ASSIGNEE_ID, ASSIGNEE, UNASSIGNED, API, HELD, REJECTED };
#define COLUMNS (REJECTED + 1)

/* What became of one workspace. */
struct finding {
	bool over;   /* nothing more is to be done for it */
	bool proven; /* it was certified once */
	bool repaired;
	int exit;
	enum verdict verdict;
	int requests;
	struct table *cells; /* the counts and the cells that differ, or NULL */
};

struct verify {
	struct app *app;
	bool full, repair, json;
	struct cli_cycle *tasks;
	struct finding *findings;
	size_t n;
};

/* ---- steps ----------------------------------------------------------- */

static void set(struct table *table, int row, int column, const char *text)
{
	if (text)
		table_set(table, row, column, text, strlen(text));
}

static void set_number(struct table *table, int row, int column, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	set(table, row, column, text);
}

/* What a look has counted, in the form of sql/verify/cells.sql. */
static struct table *counts_of(const struct audit *audit)
{
	struct table *table = table_new(COLUMNS);

	for (enum status s = STATUS_ANY; s <= STATUS_RESOLVED; s++) {
		int row = table_add(table);

		set(table, row, KIND, "count");
		set(table, row, STATUS, filter_ids_status(s));
		set_number(table, row, API, audit->api[s]);
		set_number(table, row, HELD, audit->held[s]);
		set_number(table, row, REJECTED, audit->rejected);
	}
	return table;
}

/* What a cycle has counted and left in the warehouse, whoever did it. */
static bool read_cells(struct verify *v, struct finding *finding, int64_t run)
{
	struct script *s = warehouse_call(v->app->warehouse, sql_verify_cells);
	struct err err = ERR_INIT;

	script_int(s, run);
	return warehouse_run(v->app->warehouse, &finding->cells, &err) || app_fail(v->app, &err);
}

/* Whether the last verify left cells that --repair may begin with. */
static bool is_recent(struct verify *v, const char *name)
{
	CLEANUP(table_free) struct table *table = NULL;
	struct script *s = warehouse_call(v->app->warehouse, sql_verify_recent);
	struct err ignored;

	script_text(s, name);
	return warehouse_run(v->app->warehouse, &table, &ignored) && table_rows(table) > 0 &&
	       table_int(table, 0, 0) > 0;
}

/* The step's tasks for the workspaces that need it; the others stand aside. */
static void prepare(struct verify *v, enum cycle_kind kind)
{
	for (size_t i = 0; i < v->n; i++) {
		struct cli_cycle *cli_cycle = &v->tasks[i];

		*cli_cycle = (struct cli_cycle){ .conf = v->app->workspaces[i], .kind = kind };
		if (v->findings[i].over)
			cli_cycle->state = CLI_CYCLE_OVER;
	}
}

/* Takes over what the step came to. A failure ends it for that workspace. */
static void conclude(struct verify *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct finding *f = &v->findings[i];
		const struct cli_cycle *cli_cycle = &v->tasks[i];

		if (f->over || cli_cycle->state != CLI_CYCLE_OVER)
			continue;
		f->requests += cli_cycle->end.requests;
		f->verdict = cli_cycle->end.verdict;
		f->exit = cli_cycle_exit(cli_cycle);
		f->over = cli_cycle->end.err.kind != ERR_NONE || f->exit == EXIT_LATER;
	}
}

/* Runs one step. False when told to stop. */
static bool run_step(struct verify *v, enum cycle_kind kind)
{
	prepare(v, kind);
	if (!cli_cycle_run_all(v->app, v->tasks, v->n)) {
		cli_cycle_end_all(v->tasks, v->n);
		v->app->exit = EXIT_LATER;
		return false;
	}
	conclude(v);
	return true;
}

static bool read_everything(struct verify *v)
{
	bool done = run_step(v, v->repair ? CYCLE_FULL_REPAIR : CYCLE_FULL);

	cli_cycle_end_all(v->tasks, v->n);
	return done;
}

/* Looks at the counts. Where they agree, that is all. */
static bool look(struct verify *v)
{
	if (!run_step(v, CYCLE_LOOK))
		return false;
	for (size_t i = 0; i < v->n; i++) {
		struct finding *f = &v->findings[i];

		if (f->over || f->verdict != VERDICT_EQUAL)
			continue;
		table_free(&f->cells);
		f->cells = counts_of(cycle_progress(v->tasks[i].cycle)->audit);
		f->over = true;
	}
	cli_cycle_end_all(v->tasks, v->n);
	return true;
}

static bool settle(struct verify *v, enum cycle_kind kind)
{
	bool done = run_step(v, kind);

	for (size_t i = 0; done && i < v->n; i++) {
		struct finding *f = &v->findings[i];

		if (f->over)
			continue;
		f->over = true;
		f->repaired = cycle_kind(kind)->repair;
		if (f->verdict == VERDICT_DEMOTED)
			f->exit = EXIT_LATER;
		table_free(&f->cells);
		(void)!read_cells(v, f, v->tasks[i].end.run);
	}
	cli_cycle_end_all(v->tasks, v->n);
	return done;
}

/* What was repaired is counted: that some cells are equal now says nothing of the others. */
static bool count_again(struct verify *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct finding *f = &v->findings[i];

		f->over = !f->repaired || f->exit != EXIT_OK;
		f->repaired = false;
	}
	return look(v) && settle(v, CYCLE_SETTLE);
}

/* Which workspaces were certified once. True when all were. */
static bool are_proven(struct verify *v)
{
	bool all = true;

	for (size_t i = 0; i < v->n; i++) {
		CLEANUP(table_free) struct table *table = NULL;
		struct script *s = warehouse_call(v->app->warehouse, sql_verify_proven);
		struct err ignored;

		script_text(s, v->app->workspaces[i]->name);
		v->findings[i].proven = warehouse_run(v->app->warehouse, &table, &ignored) &&
					table_rows(table) > 0 && table_int(table, 0, 0) > 0;
		all = all && v->findings[i].proven;
	}
	return all;
}

/* A repair of what was found a moment ago needs no look. */
static bool look_or_recall(struct verify *v)
{
	bool recent = v->repair && !v->full;

	for (size_t i = 0; recent && i < v->n; i++)
		recent = is_recent(v, v->app->workspaces[i]->name);
	return recent || look(v);
}

/* ---- what is said ---------------------------------------------------- */

static const char *judgement(const struct finding *f)
{
	switch (f->verdict) {
	case VERDICT_EQUAL:
		return f->proven ? "the counts agree"
				 : "the counts agree, but that nothing is missing is not proven "
				   "yet; sync goes on with it";
	case VERDICT_DIFFERENT:
		return "the counts differ";
	case VERDICT_DEMOTED:
		return "the list stands in another order than was relied on; everything is read "
		       "next";
	default:
		return "nothing could be compared";
	}
}

/* The name that goes with an id, or else the id. */
static const char *name_or_id(const struct table *cells, int row, int name, int id)
{
	const char *text = table_text(cells, row, name);

	return text ? text : table_text(cells, row, id);
}

static struct table *for_people(const struct table *cells)
{
	static const char *const heads[] = { "status", "channel",    "assignee", "API",
					     "here",   "difference", "verdict" };
	struct table *shown = table_new(ARRAY_SIZE(heads));

	for (int c = 0; c < (int)ARRAY_SIZE(heads); c++)
		table_name(shown, c, heads[c], c >= 3 && c <= 5);
	for (int r = 0; r < table_rows(cells); r++) {
		int64_t difference = table_int(cells, r, API) - table_int(cells, r, HELD);
		const char *status = table_text(cells, r, STATUS);
		const char *assignee = name_or_id(cells, r, ASSIGNEE, ASSIGNEE_ID);

		table_add(shown);
		set(shown, r, 0, status ? status : "all");
		set(shown, r, 1, name_or_id(cells, r, CHANNEL, CHANNEL_ID));
		set(shown, r, 2, table_bool(cells, r, UNASSIGNED) ? "nobody" : assignee);
		set(shown, r, 3, table_text(cells, r, API));
		set(shown, r, 4, table_text(cells, r, HELD));
		if (difference != 0)
			set_number(shown, r, 5, difference);
		set(shown, r, 6, difference ? "differs" : "equal");
	}
	return shown;
}

static void tell(const struct verify *v, size_t i)
{
	const struct finding *f = &v->findings[i];
	CLEANUP(buf_free) struct buf out = BUF_MAX(1u << 20);
	CLEANUP(table_free) struct table *shown = NULL;
	int64_t rejected;

	if (v->tasks[i].end.err.kind != ERR_NONE)
		return;
	printf("%s: %s (%d request%s)\n", v->app->workspaces[i]->name, judgement(f), f->requests,
	       f->requests == 1 ? "" : "s");
	if (table_rows(f->cells) == 0)
		return;
	shown = for_people(f->cells);
	table_print(shown, &out, NULL);
	fputs(buf_text(&out), stdout);
	rejected = table_int(f->cells, 0, REJECTED);
	if (rejected > 0)
		printf("%" PRId64 " of the API's could not be loaded; they are in "
		       "sahut_etl.rejected_item\n",
		       rejected);
}

/* The rows of one kind as an array. */
static void cells_json(struct json_writer *out, const struct table *cells, const char *kind)
{
	static const struct {
		const char *key;
		int column;
	} texts[] = { { "status", STATUS },
		      { "channel_id", CHANNEL_ID },
		      { "channel_name", CHANNEL },
		      { "assignee_id", ASSIGNEE_ID },
		      { "assignee_name", ASSIGNEE } };

	json_writer_open(out, '[');
	for (int r = 0; r < table_rows(cells); r++) {
		if (strcmp(table_text(cells, r, KIND), kind) != 0)
			continue;
		json_writer_open(out, '{');
		for (size_t t = 0; t < (strcmp(kind, "count") ? ARRAY_SIZE(texts) : 1); t++) {
			json_writer_key_string(out, texts[t].key,
					       table_text(cells, r, texts[t].column));
		}
		if (strcmp(kind, "cell") == 0) {
			json_writer_key_bool(out, "unassigned", table_bool(cells, r, UNASSIGNED));
		}
		json_writer_key_int(out, "api", table_int(cells, r, API));
		json_writer_key_int(out, "held", table_int(cells, r, HELD));
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

static void tell_json(const struct verify *v)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(16u << 20);
	struct json_writer out = JSON_WRITER_TO(&text);

	json_writer_open(&out, '[');
	for (size_t i = 0; i < v->n; i++) {
		const struct finding *f = &v->findings[i];

		json_writer_open(&out, '{');
		json_writer_key_string(&out, "workspace", v->app->workspaces[i]->name);
		json_writer_key_string(&out, "verdict", action_verdict_name(f->verdict));
		json_writer_key_int(&out, "requests", f->requests);
		json_writer_key(&out, "rejected");
		json_writer_int(&out, table_rows(f->cells) ? table_int(f->cells, 0, REJECTED) : 0);
		json_writer_key(&out, "counts");
		cells_json(&out, f->cells, "count");
		json_writer_key(&out, "cells");
		cells_json(&out, f->cells, "cell");
		json_writer_close(&out, '}');
	}
	json_writer_close(&out, ']');
	puts(buf_text(&text));
}

static void tell_all(struct verify *v)
{
	if (v->json)
		tell_json(v);
	for (size_t i = 0; i < v->n; i++) {
		struct finding *f = &v->findings[i];

		/* Of what was never proven, counts that agree are no good news yet. */
		if (f->verdict == VERDICT_EQUAL && !f->proven)
			f->exit = err_policy_worse(f->exit, EXIT_LATER);
		if (!v->json)
			tell(v, i);
		v->app->exit = err_policy_worse(v->app->exit, v->findings[i].exit);
	}
}

void cmd_verify(struct app *app)
{
	const char *none[1];
	struct verify v = { .app = app };
	const struct opt options[] = {
		{ .name = "full", .letter = 'f', .help = "read everything first", .flag = &v.full },
		{ .name = "repair",
		  .letter = 'r',
		  .help = "fetch what differs, and believe all deletions",
		  .flag = &v.repair },
		{ .name = "json", .letter = 'j', .help = "as JSON", .flag = &v.json },
		OPT_END,
	};

	if (!command_options(app, options, none, 0) || !app_config(app) || !app_workspaces(app) ||
	    !app_network(app, false) || !app_store(app, "verify"))
		return;
	v.n = app->n_workspaces;
	v.tasks = mem_new(v.n * sizeof(*v.tasks));
	v.findings = mem_new(v.n * sizeof(*v.findings));
	/* Counts that agree by chance repair nothing: what was never proven is read. */
	v.full = (!are_proven(&v) && v.repair) || v.full;
	if ((!v.full || read_everything(&v)) && look_or_recall(&v) &&
	    settle(&v, v.repair ? CYCLE_REPAIR_ALL : CYCLE_SETTLE) &&
	    (!v.repair || count_again(&v))) {
		(void)are_proven(&v);
		tell_all(&v);
	}
	for (size_t i = 0; i < v.n; i++)
		table_free(&v.findings[i].cells);
	mem_free(&v.findings);
	mem_free(&v.tasks);
}
