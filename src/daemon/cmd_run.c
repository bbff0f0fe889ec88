/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "complain.h"
#include "events.h"
#include "mem.h"
#include "policy.h"
#include "report.h"
#include "turn.h"

/* After the warehouse was lost, or a workspace could not be worked on. */
#define RETRY (10 * USEC_PER_SEC)

/* What the daemon keeps of each workspace. */
struct job {
	int64_t due; /* when the next cycle begins, monotonic */
	int64_t interval;
	struct complaint trouble;
};

struct daemon {
	struct context *context;
	const struct track_means *means;
	struct turn turn;
	struct job *jobs;
	struct complaint no_warehouse;
};

static void say(const struct context *context, enum log_level level, const struct log_event *event,
		const char *text)
{
	struct log_line line;

	log_begin(&line, level, event, "%s", text);
	log_end(&context->log, &line);
}

/* Opens the warehouse, however long that takes. False when told to stop. */
static bool open_store(struct daemon *d)
{
	struct context *context = d->context;
	struct pg_conf conf = context_pg(context, false);
	int64_t lasted;

	while (!context->store) {
		int64_t now = clock_mono(context->clock);
		struct err err = ERR_INIT;

		context->store = store_open(context->wait, &conf, context->who, &err);
		if (context->store)
			break;
		if (err.kind == ERR_STOPPED)
			return false;
		if (complain(&d->no_warehouse, now))
			say(context, policy_level(err.kind), &events_table()->warehouse_lost,
			    err.text);
		if (err.kind == ERR_CONFIG || wait_until(context->wait, now + RETRY) == WAIT_STOP) {
			context->exit = err.kind == ERR_CONFIG ? EXIT_CONFIG : EXIT_OK;
			return false;
		}
	}
	if (complain_over(&d->no_warehouse, clock_mono(context->clock), &lasted, NULL))
		say(context, LEVEL_NOTICE, &events_table()->warehouse_back,
		    "the warehouse is back");
	d->means = context_means(context);
	return true;
}

/* Begins the cycles that are due. Returns when the next one is. */
static int64_t begin_due(struct daemon *d)
{
	static const struct engine_conf incremental = { .goal = GOAL_INCREMENTAL, .ahead = 1 };
	int64_t next = TIME_NEVER;

	for (size_t i = 0; i < d->turn.n; i++) {
		struct job *job = &d->jobs[i];
		int64_t now = clock_mono(d->context->clock);
		struct err err = ERR_INIT;

		/* While a batch is merged no lock can be had; its end wakes us. */
		if (d->turn.tracks[i] || (job->due <= now && !store_free(d->context->store)))
			continue;
		if (job->due <= now) {
			d->turn.tracks[i] =
				track_begin(&d->context->tracks[i], d->means, &incremental, &err);
			job->due = now + (d->turn.tracks[i] ? job->interval : RETRY);
			if (!d->turn.tracks[i] && complain(&job->trouble, now)) {
				err_wrap(&err, "%s", d->context->tracks[i].name);
				say(d->context, policy_level(err.kind),
				    &events_table()->cycle_failed, err.text);
			}
		}
		next = min_i64(next, job->due);
	}
	return next;
}

static void end_finished(struct daemon *d)
{
	int64_t now = clock_mono(d->context->clock);

	for (size_t i = 0; i < d->turn.n; i++) {
		struct track *track = d->turn.tracks[i];
		bool said = true;

		if (!track || !track_over(track))
			continue;
		if (track_progress(track)->state == TRACK_FAILED)
			said = complain(&d->jobs[i].trouble, now);
		else
			(void)!complain_over(&d->jobs[i].trouble, now, NULL, NULL);
		if (said)
			report_cycle(&d->context->log, track, now);
		track_end(&d->turn.tracks[i]);
	}
}

/* Works until told to stop, or the warehouse is lost. True to go on. */
static bool work(struct daemon *d)
{
	for (;;) {
		int64_t next = begin_due(d);

		if (turn_round(&d->turn, next) == WAIT_STOP)
			return false;
		end_finished(d);
		if (store_lost(d->context->store))
			return true;
	}
}

static void end_all(struct daemon *d)
{
	for (size_t i = 0; i < d->turn.n; i++)
		track_end(&d->turn.tracks[i]);
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
	d.turn = (struct turn){ .wait = context->wait,
				.http = context->http,
				.n = context->n_tracks };
	d.turn.tracks = mem_new(d.turn.n * sizeof(struct track *));
	d.jobs = mem_new(d.turn.n * sizeof(*d.jobs));
	for (size_t i = 0; i < d.turn.n; i++) {
		const struct config_workspace *workspace = config_find(
			context->config, context->tracks[i].name, &(struct err)ERR_INIT);

		d.jobs[i].interval = workspace->schedule.incremental;
	}
	say(context, LEVEL_NOTICE, &events_table()->started,
	    PACKAGE_NAME " " PACKAGE_VERSION " runs");
	wait_notify("READY=1");
	while (open_store(&d) && work(&d)) {
		end_all(&d);
		context_drop_store(context);
	}
	wait_notify("STOPPING=1");
	end_all(&d);
	say(context, LEVEL_NOTICE, &events_table()->stopping, "stopping");
	mem_free(&d.turn.tracks);
	mem_free(&d.jobs);
}
