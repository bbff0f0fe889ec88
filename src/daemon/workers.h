/* SPDX-License-Identifier: MIT */
/*
 * workers.h -- All workspaces of the daemon: their locks, and which is next.
 *
 * Locks are tried together, every two seconds as long as somebody else has
 * one of ours: one query to the warehouse, however many workspaces wait.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include "loop.h"
#include "worker.h"

struct workers {
	struct worker **list;
	size_t n;
	struct stats **stats; /* of all of them, as they are shown */
	int64_t look_at;      /* monotonic: when to look for locks again */
	size_t held;	      /* as was said last; SIZE_MAX: never */
};

/* One for each workspace that the app is about. */
void workers_begin(struct workers *workers, struct app *app);

/*
 * The app has another configuration: workers of new workspaces begin, those of others take their
 * new settings, and those of workspaces that are not configured any more end after their batch.
 */
void workers_change(struct workers *workers, struct app *app);

/* Whether nothing is left of any configuration before that one. */
bool workers_have_changed(const struct workers *workers) MUST_CHECK;

/* Ends all of them. */
void workers_end(struct workers *workers);

/* Makes known to the warehouse those that are not. */
bool workers_register(struct workers *workers, struct warehouse *warehouse,
		      struct err *err) MUST_CHECK;

/* The connection to the warehouse is lost, or ANOTHER warehouse takes its place. */
void workers_disconnect(struct workers *workers, const struct clock *clock, bool another);

/*
 * Takes the locks that nobody has, when it is time to look, and logs a change
 * of the workspaces that are ours. *WHEN is when to look again. False when the
 * warehouse does not answer.
 */
bool workers_take_locks(struct workers *workers, struct app *app, int64_t *when,
			struct err *err) MUST_CHECK;

/* Logs the workspaces of the warehouse that nobody works on because they are not configured. */
void workers_log_unconfigured(struct workers *workers, struct app *app);

/*
 * A NOTIFY came: a command has asked for something, or a person has paused a workspace. The workers
 * that it is about look at their next turn.
 */
void workers_notify(struct workers *workers, struct app *app);

/*
 * Begins the cycles that are due and puts those that run into LOOP. Returns when one will be due.
 */
int64_t workers_start(struct workers *workers, struct app *app, struct loop *loop);

/*
 * When anything is due again, monotonic, where all of them are this daemon's and at rest; else
 * TIME_NONE.
 */
int64_t workers_idle_until(const struct workers *workers) MUST_CHECK;

/* Whether hints of webhooks wait for a cycle. */
bool workers_have_hints(const struct workers *workers) MUST_CHECK;

/* The warehouse is left for a while, without anything being wrong; see workers_disconnect(). */
void workers_sleep(struct workers *workers, const struct clock *clock);

/* Ends the cycles that are over. Returns whether any was. */
bool workers_finish(struct workers *workers, struct app *app);

/* The days of a workspace's reports could be computed, or not. */
void workers_note_refresh(struct workers *workers, int workspace, bool well);

/* Adds a line for people: the present work. */
void workers_summary(const struct workers *workers, const struct clock *clock, struct buf *out);

#endif
