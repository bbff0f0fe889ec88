/* SPDX-License-Identifier: MIT */
/*
 * workspace_state.h -- The state of a workspace that is kept from one cycle
 * to the next.
 *
 * A plain struct: the warehouse reads it from the warehouse when a cycle
 * begins, the engine changes it, and every commit writes it back in the
 * transaction that makes it true.
 */
#ifndef WORKSPACE_STATE_H
#define WORKSPACE_STATE_H

#include "engine_types.h"
#include "order.h"
#include "sweep.h"

/* Why the next cycle must read everything. */
enum full_reason {
	FULL_NOT_NEEDED,
	FULL_FIRST_LOAD,  /* nothing was ever complete */
	FULL_RESUMED,	  /* a full sweep was interrupted */
	FULL_DEMOTED,	  /* the order it relied on does not hold */
	FULL_UNCERTIFIED, /* the last one proved nothing */
	FULL_UNEXPLAINED, /* a scan could not explain what it saw */
	FULL_REASONS,
};

/* A full sweep in progress, as far as it must survive a crash. */
struct full_state {
	bool running;
	int pass;	    /* 1 or 2 */
	int64_t started;    /* when pass 1 began */
	int64_t owed;	    /* how many conversations that were there then it had to show */
	struct sweep sweep; /* of the pass that runs */
};

struct workspace_state {
	/* Instants on the API's clock; TIME_NONE while there is none. */
	int64_t watermark;
	int64_t complete_as_of;
	int64_t active_as_of;
	int64_t certified_at;
	int64_t lookback; /* microseconds */

	int64_t live;	      /* conversations held that are not deleted */
	int64_t stale_copies; /* older copies that want a second look */
	int64_t largest_total, last_total;
	int per_page; /* rows of a page: what the reference allows, or less if the server does
		       * less */

	enum order order;	  /* as proven */
	struct evidence evidence; /* of the sweep that proved or disproved it last */
	enum full_reason needs_full;
	int uncertified;  /* full sweeps in a row that proved nothing, */
	int64_t tried_at; /* and when the last one ended, by the host's calendar */
	bool audit_due;	  /* a total could not be explained */
	struct full_state full;
};

/* "first_load"; "" for FULL_NOT_NEEDED. */
const char *workspace_state_reason_name(enum full_reason reason) MUST_CHECK;

/* The reason of that name; FULL_NOT_NEEDED for any other. */
enum full_reason workspace_state_reason_parse(const char *name) MUST_CHECK;

/* A cycle that saw every change began at STARTED: the instants rise, if they do. */
void workspace_state_publish_complete(struct workspace_state *state, int64_t started);

/* A cycle that saw every conversation not resolved began at STARTED. */
void workspace_state_publish_active(struct workspace_state *state, int64_t started);

/*
 * The order does not hold: what was published since the last certified sweep
 * may be untrue, and is taken back.
 */
void workspace_state_demote(struct workspace_state *state);

#endif
