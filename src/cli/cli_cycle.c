/* SPDX-License-Identifier: MIT */
#include "cli_cycle.h"

#include <stdio.h>
#include <string.h>

#include "cycle_log.h"
#include "err_policy.h"
#include "loop.h"
#include "mem.h"
#include "progress.h"
#include "schedule_status.h"

/*
 * How long to wait for a lease that another command has, or for a daemon to say that it has heard;
 * and how often to look.
 */
#define PATIENCE (10 * USEC_PER_SEC)
#define INTERVAL (250 * USEC_PER_MSEC)

int cli_cycle_exit(const struct cli_cycle *cli_cycle)
{
	if (cli_cycle->end.err.kind != ERR_NONE)
		return err_policy_exit(cli_cycle->end.err.kind);
	switch (cli_cycle->end.verdict) {
	case VERDICT_UNCERTIFIED:
	case VERDICT_UNEXPLAINED:
	case VERDICT_LOST:
		return EXIT_LATER;
	case VERDICT_REJECTED:
		return EXIT_DATA;
	case VERDICT_DIFFERENT:
		return EXIT_DIFFERENT;
	default:
		return EXIT_OK;
	}
}

/* Whether it only looks: without a lock, a request to the daemon, or a line in the log. */
static bool is_look(const struct cli_cycle *cli_cycle)
{
	return cycle_kind(cli_cycle->kind)->look;
}

static void finish(struct cli_cycle *cli_cycle, const struct err *err)
{
	cli_cycle->state = CLI_CYCLE_OVER;
	if (err) {
		cli_cycle->end.err = *err;
		err_wrap(&cli_cycle->end.err, "%s", cli_cycle->conf->name);
	}
}

/* The daemon holds the workspace: then the daemon does it. */
static void hand_over(struct app *app, struct cli_cycle *cli_cycle, int64_t now)
{
	struct err err;
	int id;

	cli_cycle->command_request.kind = cli_cycle->kind;
	if (!warehouse_find(app->warehouse, cli_cycle->conf->name, &id, &err) ||
	    !command_request_ask(app->warehouse, id, app->who, &cli_cycle->command_request, &err)) {
		finish(cli_cycle, &err);
		return;
	}
	cli_cycle->state = CLI_CYCLE_HANDED;
	cli_cycle->patience = now + PATIENCE;
	if (!app->quiet)
		fprintf(stderr, "%s: asked of %s\n", cli_cycle->conf->name,
			warehouse_lock_holder(app->warehouse));
}

/* Whether a person has paused the workspace; then the task is over. */
static bool is_paused(struct app *app, struct cli_cycle *cli_cycle)
{
	CLEANUP(table_free) struct table *paused = NULL;
	struct err err = ERR_INIT;

	if (is_look(cli_cycle) || !schedule_status_paused(app->warehouse, &paused, &err))
		return false;
	for (int row = 0; row < table_rows(paused); row++) {
		if (strcmp(table_get(paused, row, "name"), cli_cycle->conf->name) != 0)
			continue;
		err_set(&err, ERR_BUSY, "paused since %s by %s; sahut-etl resume lets it go on",
			table_get(paused, row, "since_text"), table_get(paused, row, "paused_by"));
		finish(cli_cycle, &err);
		return true;
	}
	return false;
}

/* Tries to begin. */
static void begin(struct app *app, struct cli_cycle *cli_cycle, int64_t now)
{
	const struct cycle_env *env = app_cycle_env(app);
	struct err err = ERR_INIT;

	cli_cycle->look_at = now + INTERVAL;
	if (is_paused(app, cli_cycle))
		return;
	cli_cycle->cycle = cycle_begin(cli_cycle->conf, env, cli_cycle->kind, &err);
	if (cli_cycle->cycle)
		cli_cycle->state = CLI_CYCLE_RUNNING;
	else if (err.kind == ERR_BUSY && strcmp(err.code, "daemon") == 0 &&
		 cycle_kind(cli_cycle->kind)->request) {
		cli_cycle->busy = err;
		hand_over(app, cli_cycle, now);
	} else if (err.kind != ERR_BUSY || now >= cli_cycle->patience)
		finish(cli_cycle, &err);
}

/* Looks how a command request stands. A daemon that has gone leaves it to us. */
static void poll_request(struct app *app, struct cli_cycle *cli_cycle, int64_t now)
{
	struct err err = ERR_INIT;

	cli_cycle->look_at = now + INTERVAL;
	if (!command_request_look(app->warehouse, &cli_cycle->command_request, &cli_cycle->end,
				  &err)) {
		finish(cli_cycle, &err);
	} else if (cli_cycle->end.over) {
		cli_cycle->state = CLI_CYCLE_OVER;
		if (cli_cycle->end.err.kind != ERR_NONE)
			err_wrap(&cli_cycle->end.err, "%s", cli_cycle->conf->name);
	} else if (warehouse_is_unheld(app->warehouse, cli_cycle->conf->name)) {
		command_request_withdraw(app->warehouse, &cli_cycle->command_request);
		cli_cycle->patience = now + PATIENCE;
		cli_cycle->state = CLI_CYCLE_WAITING;
	} else if (!cli_cycle->end.heard && now >= cli_cycle->patience) {
		command_request_withdraw(app->warehouse, &cli_cycle->command_request);
		err = cli_cycle->busy;
		err_wrap(&err, "it has not heard in %d seconds that this is wanted",
			 (int)(PATIENCE / USEC_PER_SEC));
		finish(cli_cycle, &err);
	}
}

static void take_end(struct app *app, struct cli_cycle *cli_cycle)
{
	const struct cycle_progress *p = cycle_progress(cli_cycle->cycle);

	cli_cycle->state = CLI_CYCLE_OVER;
	cli_cycle->end = (struct command_request_end){ .over = true,
						       .run = cycle_run(cli_cycle->cycle),
						       .verdict = p->verdict,
						       .tally = p->sum,
						       .requests = p->requests };
	if (p->state != CYCLE_DONE)
		cli_cycle->end.err = p->err;
	if (!is_look(cli_cycle))
		cycle_log_cycle(&app->log, cli_cycle->cycle, clock_mono(app->clock), NULL);
}

/* Does for each cycle the work that needs no waiting. Returns when to look again. */
static int64_t step_tasks(struct app *app, struct cli_cycle *tasks, size_t n, size_t *left)
{
	int64_t now = clock_mono(app->clock), when = TIME_NEVER;

	*left = 0;
	for (size_t i = 0; i < n; i++) {
		struct cli_cycle *cli_cycle = &tasks[i];

		if (cli_cycle->state == CLI_CYCLE_WAITING && now >= cli_cycle->look_at &&
		    warehouse_free(app->warehouse))
			begin(app, cli_cycle, now);
		if (cli_cycle->state == CLI_CYCLE_HANDED && now >= cli_cycle->look_at)
			poll_request(app, cli_cycle, now);
		if (cli_cycle->state == CLI_CYCLE_RUNNING && cycle_over(cli_cycle->cycle))
			take_end(app, cli_cycle);
		*left += cli_cycle->state != CLI_CYCLE_OVER;
		/* A cycle that is due waits for the warehouse, which wakes us when it is free. */
		if (cli_cycle->state == CLI_CYCLE_HANDED ||
		    (cli_cycle->state == CLI_CYCLE_WAITING && now < cli_cycle->look_at))
			when = min_i64(when, cli_cycle->look_at);
	}
	return when;
}

static int64_t draw(struct progress *progress, const struct cli_cycle *tasks, size_t n, int64_t now)
{
	for (size_t i = 0; i < n; i++)
		if (tasks[i].state == CLI_CYCLE_RUNNING)
			return progress_draw(progress, tasks[i].cycle, now);
	return TIME_NEVER;
}

static bool run_round(struct app *app, struct cli_cycle *tasks, size_t n, struct loop *loop)
{
	struct progress progress;
	size_t left = n;

	progress_begin(&progress, !app->quiet && !is_look(&tasks[0]));
	for (;;) {
		int64_t when = step_tasks(app, tasks, n, &left);

		if (left == 0)
			break;
		for (size_t i = 0; i < n; i++)
			loop->cycles[i] =
				tasks[i].state == CLI_CYCLE_RUNNING ? tasks[i].cycle : NULL;
		when = min_i64(when, draw(&progress, tasks, n, clock_mono(app->clock)));
		if (loop_round(loop, when) == EVENT_LOOP_STOP)
			break;
		warehouse_warn_slow(app->warehouse);
		for (size_t i = 0; i < n; i++)
			if (tasks[i].state == CLI_CYCLE_RUNNING && cycle_over(tasks[i].cycle))
				progress_end(&progress);
	}
	progress_end(&progress);
	return left == 0;
}

/*
 * Computes the days of reports that the tasks touched. The tasks are done, also if that fails; but
 * numbers that are not up to date are no good end.
 */
static void refresh_reports(struct app *app, struct loop *loop)
{
	struct report_refresh_end end;
	struct err ignored;
	int before;

	loop->n = 0;
	while (report_refresh_busy(loop->refresh) && !warehouse_lost(app->warehouse)) {
		if (loop_round(loop, TIME_NEVER) == EVENT_LOOP_STOP)
			break;
		if (!report_refresh_take_end(loop->refresh, &end) || end.err.kind == ERR_NONE)
			continue;
		if (!warehouse_lost(app->warehouse))
			(void)!warehouse_note_refresh(app->warehouse, end.workspace, &end.err,
						      &ignored);
		before = app->exit;
		err_wrap(&end.err, "the days of reports cannot be computed");
		app_fail(app, &end.err);
		app->exit = err_policy_worse(before, app->exit);
	}
	report_refresh_free(&loop->refresh);
}

bool cli_cycle_run_all(struct app *app, struct cli_cycle *tasks, size_t n)
{
	struct loop loop = { .event_loop = app->loop, .http = app->http, .n = n };
	bool done;

	loop.refresh = report_refresh_new(app->warehouse, app->clock);
	loop.cycles = mem_new(n * sizeof(struct cycle *));
	for (size_t i = 0; i < n; i++) {
		tasks[i].patience = clock_mono(app->clock) + PATIENCE;
		tasks[i].end.err = (struct err)ERR_INIT;
	}
	done = run_round(app, tasks, n, &loop);
	if (done)
		refresh_reports(app, &loop);
	else
		report_refresh_free(&loop.refresh);
	mem_free(&loop.cycles);
	for (size_t i = 0; i < n; i++) {
		struct cli_cycle *cli_cycle = &tasks[i];

		if (cli_cycle->state == CLI_CYCLE_HANDED)
			command_request_withdraw(app->warehouse, &cli_cycle->command_request);
		if (cli_cycle->end.err.kind != ERR_NONE &&
		    (!cli_cycle->cycle || is_look(cli_cycle)))
			app_fail(app, &cli_cycle->end.err);
	}
	return done;
}

void cli_cycle_end_all(struct cli_cycle *tasks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cycle_end(&tasks[i].cycle);
}
