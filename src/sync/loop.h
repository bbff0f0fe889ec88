/* SPDX-License-Identifier: MIT */
/*
 * loop.h -- Runs the cycles in turn, then sleeps.
 *
 *     each cycle: what can be done now?  --> requests, a commit, a query
 *     sleep in the waiting point         --> a reply, the database, a moment
 *     replies go to their cycles, and round again
 *
 * A hundred workspaces are a hundred structs that are looked at in turn;
 * there is no thread, and no callback above port/.
 */
#ifndef LOOP_H
#define LOOP_H

#include "cycle.h"
#include "event_loop.h"
#include "report_refresh.h"

/* The cycles that share one loop. */
struct loop {
	struct event_loop *event_loop;
	struct http *http;
	struct warehouse *warehouse;	/* that the owner may reserve; NULL: it does not */
	struct report_refresh *refresh; /* computes days after the cycles' commits; may be NULL */
	struct cycle **cycles;		/* places may be NULL */
	size_t n;
	size_t next; /* the cycle that may use the warehouse first, so that none always comes
                      * last */
};

/*
 * One round: every cycle does its work that is due, then the process sleeps
 * until something happens, a cycle wants to be looked at, or DEADLINE. Gives
 * the reason to wake up.
 */
enum event_loop_why loop_round(struct loop *loop, int64_t deadline) MUST_CHECK;

#endif
