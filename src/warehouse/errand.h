/* SPDX-License-Identifier: MIT */
/*
 * errand.h -- work that a command hands to the daemon that holds the workspace.
 *
 * A row in the warehouse and a NOTIFY; the daemon takes it, does it as a
 * cycle of its own and writes down what came of it, which the command waits
 * for. If the daemon dies, the row stays, and whoever holds the workspace
 * next does it.
 */
#ifndef ERRAND_H
#define ERRAND_H

#include "action.h"
#include "err.h"
#include "warehouse.h"

enum errand_kind {
	ERRAND_INCREMENTAL,
	ERRAND_FULL,
	ERRAND_VERIFY,
	ERRAND_REPAIR,	    /* a verify that fetches the cells that differ */
	ERRAND_FULL_REPAIR, /* a full sweep that believes all deletions */
	ERRANDS,
};

/* How a cycle is to be done for it. */
struct engine_conf errand_conf(enum errand_kind kind) MUST_CHECK;

struct errand {
	int64_t id; /* 0: there is none */
	enum errand_kind kind;
};

/* How it ended. */
struct errand_end {
	bool over;
	int64_t run;
	const char *state; /* done, partial or failed; for errand_finish() */
	enum verdict verdict;
	struct err err; /* of one that is not done */
	struct tally tally;
	int requests;
};

/* Asks for it. WHO is told to those who look. */
bool errand_ask(struct warehouse *warehouse, int workspace, const char *who, struct errand *errand,
		struct err *err) MUST_CHECK;

/* Looks whether it is done, and how. */
bool errand_look(struct warehouse *warehouse, const struct errand *errand, struct errand_end *end,
		 struct err *err) MUST_CHECK;

/* Takes it back, as far as it has not begun. What goes wrong is of no matter. */
void errand_withdraw(struct warehouse *warehouse, const struct errand *errand);

/* For the daemon: hear of errands from now on. */
bool errand_listen(struct warehouse *warehouse, struct err *err) MUST_CHECK;

/* The workspaces for which there are any: a grid of their numbers, for the caller to free. */
bool errand_waiting(struct warehouse *warehouse, struct grid **workspaces,
		    struct err *err) MUST_CHECK;

/* Takes the oldest one of a workspace that is not done; its id is 0 when there is none. */
bool errand_next(struct warehouse *warehouse, int workspace, struct errand *errand,
		 struct err *err) MUST_CHECK;

/* Writes down how it ended. */
bool errand_finish(struct warehouse *warehouse, const struct errand *errand,
		   const struct errand_end *end, struct err *err) MUST_CHECK;

#endif
