/* SPDX-License-Identifier: MIT */
/*
 * worker.h -- One workspace in the daemon: its schedule, cycles and failures.
 *
 * The daemon takes a workspace's lock once and keeps it. The schedule decides
 * the next cycle; a command request goes before it. There is never more than
 * one cycle of a workspace. When somebody else has the lock, the workspace
 * waits for it: this daemon is its standby.
 */
#ifndef WORKER_H
#define WORKER_H

#include "app.h"
#include "command_request.h"
#include "config.h"
#include "inbox.h"
#include "schedule.h"
#include "schedule_status.h"
#include "stats.h"
#include "trouble.h"

enum worker_state {
	WORKER_WAITING, /* somebody else has the workspace, or nobody yet */
	WORKER_IDLE,	/* it is ours, */
	WORKER_BUSY,	/* and a cycle runs */
};

struct worker {
	const struct workspace_conf *workspace; /* as it is configured, */
	const struct workspace_conf *next;	/* and is to be after the cycle; or NULL */
	struct schedule_conf when;
	struct schedule schedule;
	bool scheduled;	     /* `schedule` has begun */
	int64_t due, looked; /* monotonic: the instant that it told last, and when it did; 0: ask
                              * it */

	enum worker_state state;
	int id;		  /* of the workspace; 0 before worker_register() */
	bool unheld;	  /* nobody has the lock, as far as is known */
	char holder[320]; /* the process that has the lock */
	bool leaving;	  /* it is not configured any more */

	/* the cycle */
	struct cycle *cycle;
	enum cycle_kind kind;
	struct command_request command_request; /* that it is done for; its id is 0: for none */
	int64_t began;				/* by the calendar */
	bool asked;				/* a command request may wait */
	bool yielded;				/* the cycle was told to end early */

	struct inbox *inbox;	/* hints of webhooks' events; NULL before the first */
	int64_t usual_requests; /* that the last cycle of changes took */

	struct trouble trouble;
	struct complaint nightless; /* when the next full sweep is due could not be asked */
	struct schedule_status schedule_status;
	struct stats stats;
	char advice[512];
	bool advised; /* whether the quota bears the schedule was worked out */
};

/*
 * Begins with a workspace of the configuration, which must live as long; PLACE is its place among
 * the others, from 0 to below 1.
 */
struct worker *worker_new(const struct workspace_conf *workspace, double place) MUST_CHECK;

/* Ends the cycle that runs, and frees it. The lock stays with the warehouse. */
void worker_free(struct worker **worker);

/*
 * The workspace is configured otherwise, or not at all any more (NULL). A cycle that
 * cannot go on with that stops after its batch.
 */
void worker_change(struct worker *worker, const struct workspace_conf *workspace,
		   const struct clock *clock);

/*
 * A person has paused it since that instant, or lets it go on (TIME_NONE). A cycle that runs stops
 * after its batch.
 */
void worker_pause(struct worker *worker, struct app *app, int64_t since);

/* How it is configured, though a cycle that began before may still run. */
const struct workspace_conf *worker_conf(const struct worker *worker) MUST_CHECK;

/*
 * Takes an event of a webhook, in any state. False when it is not signed by a
 * secret that is in force.
 */
bool worker_take_event(struct worker *worker, struct app *app,
		       const struct inbox_event *event) MUST_CHECK;

/* Makes the workspace known to the warehouse. */
bool worker_register(struct worker *worker, struct warehouse *warehouse,
		     struct err *err) MUST_CHECK;

/*
 * Tries to take its lock; only while warehouse_ready(). `state` tells the result. False
 * when the warehouse does not answer.
 */
bool worker_take_lock(struct worker *worker, struct app *app, struct err *err) MUST_CHECK;

/*
 * The warehouse is lost, and the lock with it: the cycle that runs has failed. ANOTHER: the daemon
 * connects to a different warehouse from now on, and forgets all that was read from the old one.
 */
void worker_disconnect(struct worker *worker, const struct clock *clock, bool another);

/*
 * Begins the cycle that is due at NOW, on the monotonic clock: of a command request, or of the
 * schedule. Returns when one will be due; TIME_NEVER while a cycle runs.
 */
int64_t worker_start(struct worker *worker, struct app *app, int64_t now);

/*
 * If the cycle is over, logs its result and writes it down. Returns whether it was over.
 */
bool worker_finish(struct worker *worker, struct app *app);

/* Both clocks. */
struct schedule_time worker_time(const struct clock *clock) MUST_CHECK;

#endif
