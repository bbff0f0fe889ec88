/* SPDX-License-Identifier: MIT */
/*
 * job.h -- one workspace, as the daemon works on it.
 *
 * The daemon takes a workspace's lock once and keeps it. What comes next is
 * the schedule's to say; an errand of a command's goes before it. There is
 * never more than one cycle of a workspace. When somebody else has the lock,
 * the workspace waits for it: this daemon is its standby.
 */
#ifndef JOB_H
#define JOB_H

#include "complain.h"
#include "config.h"
#include "context.h"
#include "errand.h"
#include "roster.h"
#include "schedule.h"

enum job_state {
	JOB_WAITING, /* somebody else has the workspace, or nobody yet */
	JOB_IDLE,    /* it is ours, */
	JOB_BUSY,    /* and a cycle runs */
};

struct job {
	struct track_conf conf; /* its texts are the configuration's */
	struct schedule_conf when;
	struct zone *zone;
	struct schedule schedule;
	bool scheduled; /* `schedule` has begun */
	enum job_state state;
	int id;		    /* of the workspace; 0 before job_register() */
	bool unheld;	    /* nobody has the lock, as far as is known */
	char holder[160];   /* who has it, when somebody has */

	/* the cycle */
	struct track *track;
	enum schedule_kind kind;
	struct errand errand; /* that it is done for; its id is 0: for none */
	int64_t began;	      /* by the calendar */
	bool asked;	      /* an errand may wait */
	bool leaving;	      /* it is to stop, and not to begin again */

	struct complaint trouble;
	struct roster roster;
	char trouble_text[512], advice[256];
};

/* Begins with a workspace of the configuration; PLACE is its place among the others, 0 to 1. */
void job_begin(struct job *job, const struct config_workspace *workspace, double place);

/* Ends whatever runs, and frees what it holds. The lock stays with the store. */
void job_end(struct job *job);

/* Makes the workspace known to the warehouse. */
bool job_register(struct job *job, struct store *store, struct err *err) MUST_CHECK;

/*
 * Tries to take its lock; only while store_quiet(). Whether that was possible is in `state`. False
 * when the warehouse does not answer.
 */
bool job_hold(struct job *job, struct context *context, struct err *err) MUST_CHECK;

/* The warehouse is lost, and the lock with it: what runs has failed. */
void job_lose(struct job *job, const struct clock *clock);

/*
 * Begins what is due: an errand, or what the schedule says. Returns when
 * something will be; TIME_NEVER while a cycle runs.
 */
int64_t job_start(struct job *job, struct context *context);

/* Looks whether the cycle is over, and if so says how it went and writes that down. */
void job_finish(struct job *job, struct context *context);

/* Both clocks. */
struct schedule_time job_time(const struct clock *clock) MUST_CHECK;

#endif
