/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli_cycle.h"
#include "cli_due.h"
#include "command.h"
#include "err_policy.h"
#include "inspect.h"
#include "mem.h"
#include "metrics_textfile.h"

/* Prints the result of a cycle that the daemon did. */
static void print_handed_over(const struct app *app, const struct cli_cycle *cli_cycle)
{
	struct log_line line;

	log_begin(&line, LEVEL_INFO, NULL,
		  "%s: the daemon has done it, with %d requests: %d new, %d changed, %d deleted: "
		  "%s",
		  cli_cycle->conf->name, cli_cycle->end.requests, (int)cli_cycle->end.tally.fresh,
		  (int)cli_cycle->end.tally.changed, (int)cli_cycle->end.tally.deleted,
		  action_verdict_name(cli_cycle->end.verdict));
	log_end(&app->log, &line);
}

/* Ctrl-C: says that commits are kept, and how to go on. */
static void print_stopped(const struct app *app, const struct cli_cycle *tasks)
{
	for (size_t i = 0; i < app->n_workspaces; i++) {
		const struct cli_cycle *task = &tasks[i];

		if (!task->cycle || app->quiet)
			continue;
		fprintf(stderr,
			"%s: stopped; the %lld conversations that were committed are kept, and "
			"sahut-etl sync goes on from there\n",
			task->conf->name, (long long)cycle_progress(task->cycle)->sum.live);
	}
}

/* The states that are no good end of a cycle; all others are. */
static const struct {
	const char *state, *words;
	int exit;
} unfinished[] = {
	{ "loading", "not proven", EXIT_LATER }, { "unproven", "not proven", EXIT_LATER },
	{ "demoted", "not proven", EXIT_LATER }, { "differs", "not equal", EXIT_LATER },
	{ "rejected", "not loaded", EXIT_DATA },
};

/*
 * A workspace that is not proven, whose counts are known to differ, or of which items could not be
 * loaded, is no good end of any cycle: that is said, also with --quiet. The number of conversations
 * that came in says nothing of it.
 */
static void say_unproven(struct app *app, const struct cli_cycle *task)
{
	CLEANUP(table_free) struct table *proof = NULL;
	struct err err = ERR_INIT;
	int before = app->exit;
	const char *state;
	bool said = false;

	if (task->end.err.kind != ERR_NONE || task->state != CLI_CYCLE_OVER)
		return;
	if (!inspect_proof(app->warehouse, task->conf->name, &proof, &err)) {
		app_fail(app, &err);
		app->exit = err_policy_worse(before, app->exit);
		return;
	}
	state = table_rows(proof) > 0 ? table_get(proof, 0, "proof") : "proven";
	for (size_t i = 0; i < ARRAY_SIZE(unfinished); i++) {
		if (strcmp(state, unfinished[i].state) != 0)
			continue;
		fprintf(stderr, "%s: %s: %s: %s; %s\n", app->program, task->conf->name,
			unfinished[i].words, table_get(proof, 0, "why"),
			table_get(proof, 0, "next_step"));
		app->exit = err_policy_worse(app->exit, unfinished[i].exit);
		said = true;
	}
	/* Proven before, and not up to now. */
	if (!said && task->end.verdict == VERDICT_UNEXPLAINED)
		fprintf(stderr,
			"%s: %s: not complete: the API counts others than this cycle can explain, "
			"so nothing is published; the next cycle looks again, and sahut-etl sync "
			"--full reads everything now\n",
			app->program, task->conf->name);
}

void cmd_sync(struct app *app)
{
	const char *none[1];
	bool full = false, due = false, messages = false, done;
	const struct opt options[] = {
		{ .name = "full", .letter = 'f', .help = "read everything", .flag = &full },
		{ .name = "due",
		  .help = "then do the cycles that a daemon would have done by now: the night's "
			  "sweep, "
			  "counts, repairs",
		  .flag = &due },
		{ .name = "messages",
		  .letter = 'm',
		  .help = "read the messages that are due, and no conversation",
		  .flag = &messages },
		OPT_END,
	};
	struct err err = ERR_INIT;
	struct cli_cycle *tasks;

	if (!command_options(app, options, none, 0) || !app_config(app) || !app_workspaces(app) ||
	    !app_network(app, false) || !app_open_warehouse(app, "sync"))
		return;
	tasks = mem_new(app->n_workspaces * sizeof(*tasks));
	for (size_t i = 0; i < app->n_workspaces; i++) {
		tasks[i].conf = app->workspaces[i];
		tasks[i].kind = messages ? CYCLE_MESSAGES : full ? CYCLE_FULL : CYCLE_SYNC;
	}
	done = cli_cycle_run_all(app, tasks, app->n_workspaces);
	for (size_t i = 0; i < app->n_workspaces; i++) {
		if (tasks[i].state == CLI_CYCLE_OVER && !tasks[i].cycle &&
		    tasks[i].end.err.kind == ERR_NONE)
			print_handed_over(app, &tasks[i]);
		app->exit = err_policy_worse(app->exit, cli_cycle_exit(&tasks[i]));
	}
	if (done && due)
		done = cli_due_run(app, tasks, app->n_workspaces);
	if (!done) {
		print_stopped(app, tasks);
		app->exit = err_policy_worse(app->exit, EXIT_LATER);
	}
	for (size_t i = 0; done && i < app->n_workspaces; i++)
		say_unproven(app, &tasks[i]);
	/* Monitoring that fails is said, but the cycle is done. */
	if (!metrics_textfile_write(app, tasks, app->n_workspaces, &err))
		fprintf(stderr, "%s: metrics.textfile: %s\n", app->program, err.text);
	cli_cycle_end_all(tasks, app->n_workspaces);
	mem_free(&tasks);
}
