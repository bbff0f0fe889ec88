/* SPDX-License-Identifier: MIT */
/*
 * jobs.h -- all workspaces of the daemon: whose they are, and what is next.
 *
 * Locks are tried together, every two seconds as long as somebody else has
 * one of ours: one question to the warehouse, however many workspaces wait.
 */
#ifndef JOBS_H
#define JOBS_H

#include "job.h"
#include "turn.h"

struct jobs {
	struct job *list;
	size_t n;
	int64_t look_at; /* monotonic: when to look for locks again */
	size_t held;	 /* as was said last; SIZE_MAX: never */
};

/* One for each workspace that the context is about. */
void jobs_begin(struct jobs *jobs, struct context *context);

/* Ends all of them. */
void jobs_end(struct jobs *jobs);

/* Makes all of them known to the warehouse. */
bool jobs_register(struct jobs *jobs, struct store *store, struct err *err) MUST_CHECK;

/* The warehouse is lost. */
void jobs_lose(struct jobs *jobs, const struct clock *clock);

/*
 * Takes the locks that nobody has, when it is time to look, and says when
 * that changes what this daemon works on. *WHEN is when to look again. False when
 * the warehouse does not answer.
 */
bool jobs_hold(struct jobs *jobs, struct context *context, int64_t *when,
	       struct err *err) MUST_CHECK;

/* A command has asked for something: those whom it concerns look. */
void jobs_ask(struct jobs *jobs, struct store *store);

/* Begins what is due and puts the tracks that run into TURN. Returns when something will be due. */
int64_t jobs_start(struct jobs *jobs, struct context *context, struct turn *turn);

/* Ends what is over. */
void jobs_finish(struct jobs *jobs, struct context *context);

/* A line for people: what goes on. */
void jobs_summary(const struct jobs *jobs, const struct clock *clock, struct buf *out);

#endif
