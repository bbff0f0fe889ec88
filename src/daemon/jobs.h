/* SPDX-License-Identifier: MIT */
/*
 * jobs.h -- all workspaces of the daemon: whose they are, and what is next.
 *
 * Locks are tried together, every two seconds as long as somebody else has
 * one of ours: one query to the warehouse, however many workspaces wait.
 */
#ifndef JOBS_H
#define JOBS_H

#include "job.h"
#include "loop.h"

struct jobs {
	struct job **list;
	size_t n;
	struct numbers **numbers; /* of all of them, as they are shown */
	int64_t look_at;	  /* monotonic: when to look for locks again */
	size_t held;		  /* as was said last; SIZE_MAX: never */
};

/* One for each workspace that the context is about. */
void jobs_begin(struct jobs *jobs, struct context *context);

/* The context has another configuration: jobs begin, change, and end after their batch. */
void jobs_change(struct jobs *jobs, struct context *context);

/* Whether nothing is left of any configuration before that one. */
bool jobs_have_changed(const struct jobs *jobs) MUST_CHECK;

/* Ends all of them. */
void jobs_end(struct jobs *jobs);

/* Makes known to the warehouse those that are not. */
bool jobs_register(struct jobs *jobs, struct warehouse *warehouse, struct err *err) MUST_CHECK;

/* The warehouse is lost, or ANOTHER one takes its place. */
void jobs_lose(struct jobs *jobs, const struct clock *clock, bool another);

/*
 * Takes the locks that nobody has, when it is time to look, and says when
 * that changes what this daemon works on. *WHEN is when to look again. False when
 * the warehouse does not answer.
 */
bool jobs_hold(struct jobs *jobs, struct context *context, int64_t *when,
	       struct err *err) MUST_CHECK;

/* Says which workspaces of the warehouse nobody works on because they are not configured. */
void jobs_miss(struct jobs *jobs, struct context *context);

/* A command has asked for something: those whom it concerns look. */
void jobs_ask(struct jobs *jobs, struct warehouse *warehouse);

/* Begins what is due and puts the cycles that run into TURN. Returns when something will be due. */
int64_t jobs_start(struct jobs *jobs, struct context *context, struct loop *loop);

/* Ends what is over. Whether anything was. */
bool jobs_finish(struct jobs *jobs, struct context *context);

/* A line for people: what goes on. */
void jobs_summary(const struct jobs *jobs, const struct clock *clock, struct buf *out);

#endif
