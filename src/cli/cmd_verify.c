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
#include "inspect.h"
#include "json_writer.h"
#include "mem.h"
#include "table_print.h"

/* The result for one workspace. */
struct finding {
	bool over;	/* nothing more is to be done for it */
	bool proven;	/* nothing is missing, or it is known */
	bool held_back; /* items that could not be loaded hold the instants */
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

/* The counts of a look, in the form of inspect_cells(). */
static struct table *counts_of(const struct audit *audit)
{
	struct table *table = inspect_no_cells();

	for (enum status s = STATUS_ANY; s <= STATUS_RESOLVED; s++) {
		int row = table_add(table);

		table_put(table, row, "kind", "count");
		table_put(table, row, "status", filter_ids_status(s));
		table_put_int(table, row, "api", audit->api[s]);
		table_put_int(table, row, "held", audit->held[s]);
		table_put_int(table, row, "rejected", audit->rejected);
	}
	return table;
}

/* The counts that a cycle left in the warehouse; here, or in the daemon. */
static bool read_cells(struct verify *v, struct finding *finding, int64_t run)
{
	struct err err = ERR_INIT;

	return inspect_cells(v->app->warehouse, run, &finding->cells, &err) ||
	       app_fail(v->app, &err);
}

/* Whether the last verify left cells that --repair may begin with. */
static bool is_recent(struct verify *v, const char *name)
{
	struct err ignored;
	bool has;

	return inspect_has_recent_cells(v->app->warehouse, name, &has, &ignored) && has;
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

/* Takes over the result of the step. A failure ends it for that workspace. */
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
static bool compare_counts(struct verify *v)
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

static bool run_audit(struct verify *v, enum cycle_kind kind)
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

/* Counts again after a repair: that some cells are equal now says nothing of the others. */
static bool count_again(struct verify *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct finding *f = &v->findings[i];

		f->over = !f->repaired || f->exit != EXIT_OK;
		f->repaired = false;
	}
	return compare_counts(v) && run_audit(v, CYCLE_SETTLE);
}

/* Which workspaces are proven complete; *ALL: every one. False when that cannot be read. */
static bool read_proven(struct verify *v, bool *all)
{
	*all = true;

	for (size_t i = 0; i < v->n; i++) {
		CLEANUP(table_free) struct table *proof = NULL;
		const char *state = "loading";
		struct err err;

		if (!inspect_proof(v->app->warehouse, v->app->workspaces[i]->name, &proof, &err))
			return app_fail(v->app, &err);
		if (table_rows(proof) > 0)
			state = table_get(proof, 0, "proof");
		v->findings[i].held_back = strcmp(state, "rejected") == 0;
		v->findings[i].proven = v->findings[i].held_back || strcmp(state, "differs") == 0 ||
					strcmp(state, "excepted") == 0 ||
					strcmp(state, "proven") == 0;
		*all = *all && v->findings[i].proven;
	}
	return true;
}

/* A repair of differences that were found a moment ago needs no look. */
static bool compare_or_recall(struct verify *v)
{
	bool recent = v->repair && !v->full;

	for (size_t i = 0; recent && i < v->n; i++)
		recent = is_recent(v, v->app->workspaces[i]->name);
	return recent || compare_counts(v);
}

/* ---- output ---------------------------------------------------------- */

static const char *verdict_text(const struct finding *f)
{
	switch (f->verdict) {
	case VERDICT_EQUAL:
		if (f->held_back)
			return "the counts agree, but for items that could not be loaded";
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
static const char *name_or_id(const struct table *cells, int row, const char *name, const char *id)
{
	const char *text = table_get(cells, row, name);

	return text ? text : table_get(cells, row, id);
}

/*
 * The word for one row. Items that could not be loaded are counted by the API and not held: all of
 * them in the whole, and in a status nobody knows how many.
 */
static const char *row_verdict(const struct finding *f, int row)
{
	int64_t difference =
		table_get_int(f->cells, row, "api") - table_get_int(f->cells, row, "held");
	int64_t rejected = table_get_int(f->cells, row, "rejected");
	bool whole = strcmp(table_get(f->cells, row, "kind"), "count") == 0 &&
		     !table_get(f->cells, row, "status");

	if (difference == 0 && (!whole || rejected == 0))
		return "equal";
	if (f->verdict == VERDICT_EQUAL || (whole && difference == rejected))
		return "not loaded";
	return "differs";
}

static struct table *for_people(const struct finding *f)
{
	const struct table *cells = f->cells;
	static const char *const heads[] = { "status", "channel",    "assignee", "API",
					     "here",   "difference", "verdict" };
	struct table *shown = table_new(ARRAY_SIZE(heads));

	for (int c = 0; c < (int)ARRAY_SIZE(heads); c++)
		table_name(shown, c, heads[c], c >= 3 && c <= 5);
	for (int r = 0; r < table_rows(cells); r++) {
		int64_t difference =
			table_get_int(cells, r, "api") - table_get_int(cells, r, "held");
		const char *status = table_get(cells, r, "status");
		const char *assignee = name_or_id(cells, r, "assignee_name", "assignee_id");

		table_add(shown);
		table_put(shown, r, "status", status ? status : "all");
		table_put(shown, r, "channel", name_or_id(cells, r, "channel_name", "channel_id"));
		table_put(shown, r, "assignee",
			  table_get_bool(cells, r, "unassigned") ? "nobody" : assignee);
		table_put(shown, r, "API", table_get(cells, r, "api"));
		table_put(shown, r, "here", table_get(cells, r, "held"));
		if (difference != 0)
			table_put_int(shown, r, "difference", difference);
		table_put(shown, r, "verdict", row_verdict(f, r));
	}
	return shown;
}

static void print_finding(const struct verify *v, size_t i)
{
	const struct finding *f = &v->findings[i];
	CLEANUP(buf_free) struct buf out = BUF_MAX(1u << 20);
	CLEANUP(table_free) struct table *shown = NULL;
	int64_t rejected;

	if (v->tasks[i].end.err.kind != ERR_NONE)
		return;
	printf("%s: %s (%d request%s)\n", v->app->workspaces[i]->name, verdict_text(f), f->requests,
	       f->requests == 1 ? "" : "s");
	if (table_rows(f->cells) == 0)
		return;
	shown = for_people(f);
	table_print(shown, &out, NULL);
	command_print(buf_text(&out), out.len);
	rejected = table_get_int(f->cells, 0, "rejected");
	if (rejected > 0)
		printf("%" PRId64 " of the API's could not be loaded; they are in "
		       "sahut_etl.rejected_item\n",
		       rejected);
}

/* The rows of one kind as an array. */
static void cells_json(struct json_writer *out, const struct table *cells, const char *kind)
{
	static const char *const texts[] = { "status", "channel_id", "channel_name", "assignee_id",
					     "assignee_name" };

	json_writer_open(out, '[');
	for (int r = 0; r < table_rows(cells); r++) {
		if (strcmp(table_get(cells, r, "kind"), kind) != 0)
			continue;
		json_writer_open(out, '{');
		for (size_t t = 0; t < (strcmp(kind, "count") ? ARRAY_SIZE(texts) : 1); t++) {
			json_writer_key_string(out, texts[t], table_get(cells, r, texts[t]));
		}
		if (strcmp(kind, "cell") == 0) {
			json_writer_key_bool(out, "unassigned",
					     table_get_bool(cells, r, "unassigned"));
		}
		json_writer_key_int(out, "api", table_get_int(cells, r, "api"));
		json_writer_key_int(out, "held", table_get_int(cells, r, "held"));
		json_writer_close(out, '}');
	}
	json_writer_close(out, ']');
}

static void print_json(const struct verify *v)
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
		json_writer_int(&out,
				table_rows(f->cells) ? table_get_int(f->cells, 0, "rejected") : 0);
		json_writer_key(&out, "counts");
		cells_json(&out, f->cells, "count");
		json_writer_key(&out, "cells");
		cells_json(&out, f->cells, "cell");
		json_writer_close(&out, '}');
	}
	json_writer_close(&out, ']');
	puts(buf_text(&text));
}

static void print_findings(struct verify *v)
{
	if (v->json)
		print_json(v);
	for (size_t i = 0; i < v->n; i++) {
		struct finding *f = &v->findings[i];

		/* Where nothing is proven, counts that agree are no good news yet. */
		if (f->verdict == VERDICT_EQUAL && !f->proven)
			f->exit = err_policy_worse(f->exit, EXIT_LATER);
		if (f->verdict == VERDICT_EQUAL && f->held_back)
			f->exit = err_policy_worse(f->exit, EXIT_DATA);
		if (!v->json)
			print_finding(v, i);
		v->app->exit = err_policy_worse(v->app->exit, v->findings[i].exit);
	}
}

void cmd_verify(struct app *app)
{
	const char *none[1];
	struct verify v = { .app = app };
	bool all;
	const struct opt options[] = {
		{ .name = "full", .letter = 'f', .help = "read everything first", .flag = &v.full },
		{ .name = "repair",
		  .letter = 'r',
		  .help = "fetch the rows that differ, and accept all deletions",
		  .flag = &v.repair },
		{ .name = "json", .letter = 'j', .help = "as JSON", .flag = &v.json },
		OPT_END,
	};

	if (!command_options(app, options, none, 0) || !app_config(app) || !app_workspaces(app) ||
	    !app_network(app, false) || !app_open_warehouse(app, "verify"))
		return;
	v.n = app->n_workspaces;
	v.tasks = mem_new(v.n * sizeof(*v.tasks));
	v.findings = mem_new(v.n * sizeof(*v.findings));
	/* Counts that agree by chance repair nothing: a workspace that was never proven is read. */
	if (read_proven(&v, &all))
		v.full = (!all && v.repair) || v.full;
	if (app->exit == EXIT_OK && (!v.full || read_everything(&v)) && compare_or_recall(&v) &&
	    run_audit(&v, v.repair ? CYCLE_REPAIR_ALL : CYCLE_SETTLE) &&
	    (!v.repair || count_again(&v))) {
		if (read_proven(&v, &all))
			print_findings(&v);
	}
	for (size_t i = 0; i < v.n; i++)
		table_free(&v.findings[i].cells);
	mem_free(&v.findings);
	mem_free(&v.tasks);
}
