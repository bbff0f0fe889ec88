/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "events.h"
#include "jobs.h"
#include "mem.h"
#include "policy.h"
#include "retain.h"

/* After the warehouse was lost. */
#define RETRY (5 * USEC_PER_SEC)

/* What is old leaves the warehouse once a day, a little at a time. */
#define RETAIN_FIRST (2 * USEC_PER_SEC)
#define RETAIN_EVERY (24 * 3600 * USEC_PER_SEC)
#define RETAIN_PAUSE (200 * USEC_PER_MSEC)

/* The line that systemctl status shows is written anew so often at most. */
#define STATUS_EVERY USEC_PER_SEC

struct daemon {
	struct context *context;
	struct jobs jobs;
	struct turn turn;
	struct complaint no_warehouse;
	struct retain retain;
	int64_t retain_at; /* monotonic */
	char status[512];
	int64_t status_at;
};

static void say(const struct context *context, enum log_level level, const struct log_event *event,
		const char *text)
{
	struct log_line line;

	log_begin(&line, level, event, "%s", text);
	log_end(&context->log, &line);
}

/* ---- the warehouse ---------------------------------------------------- */

/* Opens the warehouse and makes the workspaces known in it. */
static bool try_open(struct daemon *d, struct err *err)
{
	struct context *context = d->context;
	struct pg_conf conf = context_pg(context, false);

	context->store = store_open(context->wait, &conf, context->who, err);
	if (context->store && errand_listen(context->store, err) &&
	    jobs_register(&d->jobs, context->store, err))
		return true;
	context_drop_store(context);
	return false;
}

/* Opens it, however long that takes. False when told to stop. */
static bool open_store(struct daemon *d)
{
	struct context *context = d->context;
	int64_t lasted;

	for (;;) {
		int64_t now = clock_mono(context->clock);
		struct err err = ERR_INIT;

		if (try_open(d, &err))
			break;
		if (err.kind == ERR_STOPPED)
			return false;
		if (complain(&d->no_warehouse, now)) {
			say(context, policy_level(err.kind), &events_table()->warehouse_lost,
			    err.text);
			wait_notify("STATUS=no warehouse: %s", err.text);
		}
		if (err.kind == ERR_CONFIG || wait_until(context->wait, now + RETRY) == WAIT_STOP) {
			context->exit = err.kind == ERR_CONFIG ? EXIT_CONFIG : EXIT_OK;
			return false;
		}
	}
	if (complain_over(&d->no_warehouse, clock_mono(context->clock), &lasted, NULL))
		say(context, LEVEL_NOTICE, &events_table()->warehouse_back,
		    "the warehouse is back");
	d->turn.store = context->store;
	return true;
}

/* ---- beside the cycles ------------------------------------------------ */

/* Removes what is old, if it is time. Returns when it will be. */
static int64_t retain(struct daemon *d)
{
	int64_t now = clock_mono(d->context->clock);
	struct err ignored;
	struct log_line line;
	bool over = false;

	if (now < d->retain_at)
		return d->retain_at;
	d->retain.runs = d->context->config->retention.runs;
	d->retain.rejected_items = d->context->config->retention.rejected_items;
	if (!retain_some(&d->retain, d->context->store, &over, &ignored))
		return d->retain_at = now + RETAIN_EVERY;
	d->retain_at = now + (over ? RETAIN_EVERY : RETAIN_PAUSE);
	if (over && d->retain.removed > 0) {
		log_begin(&line, LEVEL_INFO, &events_table()->retention,
			  "%d old records were removed", (int)d->retain.removed);
		log_number(&line, "removed", d->retain.removed);
		log_end(&d->context->log, &line);
		d->retain.removed = 0;
	}
	return d->retain_at;
}

/* Tells systemd what goes on, if that has changed. Returns when to look again. */
static int64_t show_status(struct daemon *d)
{
	int64_t now = clock_mono(d->context->clock);
	CLEANUP(buf_free) struct buf text = BUF_MAX(sizeof(d->status) - 1);

	jobs_summary(&d->jobs, d->context->clock, &text);
	if (strcmp(buf_text(&text), d->status) == 0)
		return TIME_NEVER;
	if (now < d->status_at + STATUS_EVERY)
		return d->status_at + STATUS_EVERY;
	snprintf(d->status, sizeof(d->status), "%s", buf_text(&text));
	wait_notify("STATUS=%s", d->status);
	d->status_at = now;
	return TIME_NEVER;
}

/* ---- the loop --------------------------------------------------------- */

/* Works until told to stop, or the warehouse is lost. True to go on. */
static bool work(struct daemon *d)
{
	struct context *context = d->context;

	for (;;) {
		struct err err = ERR_INIT;
		int64_t next, locks;

		if (store_take_notify(context->store))
			jobs_ask(&d->jobs, context->store);
		if (!jobs_hold(&d->jobs, context, &locks, &err) && !store_lost(context->store) &&
		    !wait_stopping(context->wait) &&
		    complain(&d->no_warehouse, clock_mono(context->clock)))
			say(context, policy_level(err.kind), &events_table()->warehouse_lost,
			    err.text);
		next = min_i64(locks, jobs_start(&d->jobs, context, &d->turn));
		next = min_i64(next, retain(d));
		next = min_i64(next, show_status(d));
		if (turn_round(&d->turn, next) == WAIT_STOP)
			return false;
		jobs_finish(&d->jobs, context);
		if (store_lost(context->store))
			return true;
	}
}

static void begin(struct daemon *d)
{
	struct context *context = d->context;

	jobs_begin(&d->jobs, context);
	d->turn = (struct turn){ .wait = context->wait,
				 .http = context->http,
				 .n = context->n_tracks };
	d->turn.tracks = mem_new(d->turn.n * sizeof(struct track *));
	d->retain_at = clock_mono(context->clock) + RETAIN_FIRST;
}

void cmd_run(struct context *context)
{
	const char *none[1];
	const struct opt options[] = { OPT_END };
	struct daemon d = { .context = context };

	if (!command_options(context, options, none, 0) || !context_config(context) ||
	    !context_tracks(context) || !context_network(context, true))
		return;
	context_reader(context);
	context_name(context, "daemon");
	begin(&d);
	say(context, LEVEL_NOTICE, &events_table()->started,
	    PACKAGE_NAME " " PACKAGE_VERSION " runs");
	wait_notify("READY=1");
	while (open_store(&d) && work(&d)) {
		jobs_lose(&d.jobs, context->clock);
		context_drop_store(context);
	}
	wait_notify("STOPPING=1");
	jobs_end(&d.jobs);
	mem_free(&d.turn.tracks);
	say(context, LEVEL_NOTICE, &events_table()->stopping, "stopping");
}
