/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "mem.h"
#include "policy.h"
#include "progress.h"
#include "report.h"
#include "turn.h"

/* How long to wait for a lock that another command holds, and how often to look. */
#define LOCK_PATIENCE (10 * USEC_PER_SEC)
#define LOCK_INTERVAL (250 * USEC_PER_MSEC)

static int exit_of(const struct track_progress *p)
{
	if (p->state != TRACK_DONE)
		return policy_exit(p->err.kind);
	return p->verdict == VERDICT_UNCERTIFIED || p->verdict == VERDICT_LOST ? EXIT_LATER
									       : EXIT_OK;
}

/* Begins the track, waiting a while for the lock. NULL when that failed, which has been said. */
static struct track *begin(struct context *context, const struct track_conf *conf,
			   const struct track_means *means, const struct engine_conf *engine)
{
	int64_t until = clock_mono(context->clock) + LOCK_PATIENCE;
	struct track *track = NULL;
	struct err err = ERR_INIT;
	int worst = context->exit;

	while (!track) {
		int64_t now = clock_mono(context->clock);

		track = track_begin(conf, means, engine, &err);
		if (track || err.kind != ERR_BUSY || now >= until ||
		    wait_until(context->wait, now + LOCK_INTERVAL) == WAIT_STOP)
			break;
	}
	if (!track) {
		err_wrap(&err, "%s", conf->name);
		context_fail(context, &err);
		context->exit = policy_worse(worst, context->exit);
	}
	return track;
}

/* Ends the tracks that are over. Returns how many still run. */
static size_t reap(struct context *context, struct turn *turn)
{
	size_t running = 0;

	for (size_t i = 0; i < turn->n; i++) {
		if (!turn->tracks[i])
			continue;
		if (!track_over(turn->tracks[i])) {
			running++;
			continue;
		}
		report_cycle(&context->log, turn->tracks[i], clock_mono(context->clock));
		context->exit =
			policy_worse(context->exit, exit_of(track_progress(turn->tracks[i])));
		track_end(&turn->tracks[i]);
	}
	return running;
}

static void draw(struct progress *progress, const struct turn *turn, int64_t now)
{
	for (size_t i = 0; i < turn->n; i++) {
		if (turn->tracks[i]) {
			progress_draw(progress, turn->tracks[i], now);
			return;
		}
	}
}

static void go_round(struct context *context, struct turn *turn)
{
	struct progress progress;
	size_t running = turn->n;

	progress_begin(&progress, !context->quiet);
	while (running > 0) {
		int64_t now = clock_mono(context->clock);

		draw(&progress, turn, now);
		if (turn_round(turn, progress.on ? progress.next : TIME_NEVER) == WAIT_STOP) {
			context->exit = EXIT_LATER;
			break;
		}
		for (size_t i = 0; i < turn->n; i++)
			if (turn->tracks[i] && track_over(turn->tracks[i]))
				progress_end(&progress);
		running = reap(context, turn);
	}
	progress_end(&progress);
}

void cmd_sync(struct context *context)
{
	const char *none[1];
	bool full = false;
	const struct opt options[] = {
		{ .name = "full", .letter = 'f', .help = "read everything", .flag = &full },
		OPT_END,
	};
	struct engine_conf engine = { .ahead = 1 };
	struct track_means means;
	struct turn turn = { .n = 0 };

	if (!command_options(context, options, none, 0) || !context_config(context) ||
	    !context_tracks(context) || !context_network(context, false) ||
	    !context_store(context, "sync"))
		return;
	engine.goal = full ? GOAL_FULL : GOAL_INCREMENTAL;
	means = context_means(context);
	turn = (struct turn){ .wait = context->wait, .http = context->http };
	turn.tracks = mem_new(context->n_tracks * sizeof(struct track *));
	for (size_t i = 0; i < context->n_tracks; i++) {
		struct track *track = begin(context, &context->tracks[i], &means, &engine);

		if (track)
			turn.tracks[turn.n++] = track;
	}
	go_round(context, &turn);
	for (size_t i = 0; i < turn.n; i++)
		track_end(&turn.tracks[i]);
	mem_free(&turn.tracks);
}
