/* SPDX-License-Identifier: MIT */
/*
 * work.h -- what an engine's part is waiting for.
 *
 * Shared by the parts of the engine (full, scan, unresolved, audit): each fills an
 * action by one of these and then waits, or not, until it hears of it.
 */
#ifndef WORK_H
#define WORK_H

#include "action.h"

struct work {
	bool waiting;	 /* for a commit, a query or a GET */
	bool committing; /* a commit is under way, and nothing waits for it */
};

/* A commit that the next step depends on. */
void work_commit(struct work *work, struct action *action, enum seen_by seen, int scan);

/* A commit in the middle of reading: more pages are asked for while it is under way. */
void work_commit_aside(struct work *work, struct action *action, enum seen_by seen, int scan);

/* A query. */
void work_ask(struct work *work, struct action *action, struct ask ask);

/* A request whose answer the next step depends on. */
void work_send(struct work *work, struct action *action, const struct request *request);

/* The part has come to its end. */
void work_done(struct action *action, enum verdict verdict);

/* A commit was done. True when a step depended on it, false for one that stood aside. */
bool work_committed(struct work *work) MUST_CHECK;

#endif
