/* SPDX-License-Identifier: MIT */
/*
 * workspace_state.h -- The state of a workspace that is kept from one cycle
 * to the next.
 *
 * A plain struct: it is read from the warehouse when a cycle begins, the engine
 * changes it, and every commit writes it back in the transaction that makes it
 * true.
 */
#ifndef WORKSPACE_STATE_H
#define WORKSPACE_STATE_H

#include "curve.h"
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
	FULL_UNEXPLAINED, /* a scan saw rows that it could not explain */
	FULL_AHEAD,	  /* a published instant lies in the future */
	FULL_REASONS,
};

/* Why the last full sweep proved nothing. */
enum unproven {
	UNPROVEN_NOT,	   /* it did, or there was none */
	UNPROVEN_SHORT,	   /* fewer were seen than there were: it moves faster than it is read */
	UNPROVEN_LOST,	   /* the list made no sense */
	UNPROVEN_UNDATED,  /* no answer said when it was given */
	UNPROVEN_CUT,	   /* the list goes on where its total says that it ends */
	UNPROVEN_PARTS,	   /* its parts are more than the whole */
	UNPROVEN_UNLISTED, /* conversations that are there stand in no list */
	UNPROVEN_UNTOLD,   /* the list does not tell how many there are */
	UNPROVENS,
};

/* Passes of one full sweep, at most. */
#define FULL_PASSES_MOST 12

/* A full sweep in progress, as far as it must survive a crash. */
struct full_state {
	bool running;
	int pass;	    /* from 1 on */
	int64_t started;    /* when pass 1 began */
	int64_t owed;	    /* how many conversations that were there then it had to show */
	int64_t most_total; /* the largest total that the passes before told */
	struct sweep sweep; /* of the pass that runs */
};

struct workspace_state {
	/* Instants on the API's clock; TIME_NONE while there is none. */
	int64_t watermark;
	int64_t complete_as_of;
	int64_t active_as_of;
	int64_t certified_at;
	int64_t lookback;	     /* microseconds */
	int64_t lookback_configured; /* its first value, to which it goes back */
	int64_t late_at;	     /* the instant for which a change last came too late, */
	int64_t late_by; /* and by how much, if the last commit found it out; TIME_NONE: not so */

	bool ahead;	    /* one of those lies in the future: a certified sweep takes it back */
	int64_t date_ahead; /* a Date of the last cycle was so far ahead of our clocks that it was
			     * not believed; 0: none */

	int64_t live;	 /* conversations held that are not deleted */
	int64_t holding; /* items that could not be loaded and that nobody has accepted: while
			       * there are any, no instant rises */
	int64_t askable; /* items that could not be loaded and that an id can be asked for */
	struct standing standing; /* as it was when the cycle began, or has ended */
	int64_t stale_copies;	  /* older copies that want a second look */
	int64_t largest_total, last_total;
	int per_page; /* rows of a page: as the reference allows, or less if the server does less */

	enum order order;	  /* as proven */
	struct evidence evidence; /* of the sweep that proved or disproved it last */
	enum full_reason needs_full;
	enum unproven unproven;
	int uncertified;    /* full sweeps in a row that proved nothing, */
	int64_t tried_at;   /* and when the last one ended, by the host's calendar */
	bool audit_due;	    /* a total could not be explained */
	struct curve curve; /* the totals that the whole list told lately */
	struct full_state full;

	/* the peculiarities of its lists */
	int64_t depth;	 /* their pages end there; 0: they do not */
	int64_t parts;	 /* how many parts a longer list was read in, */
	bool filterless; /* lists of one status show others, too: filters do nothing */
	int64_t beyond;	 /* and how many conversations of them could not be had */
};

/* "first_load"; "" for FULL_NOT_NEEDED. */
const char *workspace_state_reason_name(enum full_reason reason) MUST_CHECK;

/* The reason of that name; FULL_NOT_NEEDED for any other. */
enum full_reason workspace_state_reason_parse(const char *name) MUST_CHECK;

/* "short"; "" for UNPROVEN_NOT. */
const char *workspace_state_unproven_name(enum unproven why) MUST_CHECK;

/* The reason of that name; UNPROVEN_NOT for any other. */
enum unproven workspace_state_unproven_parse(const char *name) MUST_CHECK;

/* Whether the first load is over: everything was read once, proven or not. */
bool workspace_state_is_loaded(const struct workspace_state *state) MUST_CHECK;

/* The word of the view for it; PROOF_NONE for any other. */
enum proof workspace_state_proof_parse(const char *name) MUST_CHECK;

/* A response of the whole list told its total. */
void workspace_state_note_total(struct workspace_state *state, const struct page *page);

/* Whether the whole list is known not to show, or not to count, all that there is. */
bool workspace_state_withheld(const struct workspace_state *state) MUST_CHECK;

/*
 * The whole list does not show all that there is: instants that were published since the last
 * certified sweep may be untrue, and are taken back.
 */
void workspace_state_withhold(struct workspace_state *state, enum unproven why);

/*
 * A change came too late by so much for the published instant: the lookback grows, up to MOST. A
 * change that is later than that, as an import of old conversations is, teaches nothing.
 */
void workspace_state_learn_lateness(struct workspace_state *state, int64_t by, int64_t most);

/* When nothing has come too late for long, as of NOW, the lookback goes back by a step. */
void workspace_state_forget_lateness(struct workspace_state *state, int64_t now);

/*
 * NOW, by the host's calendar, of which the database's is ahead by so much: an instant beyond both
 * was told by a clock that was wrong, and is believed no longer.
 */
void workspace_state_doubt_future(struct workspace_state *state, int64_t now,
				  int64_t database_ahead);

/* Everything was read and proven: instants that lie in the future make room for true ones. */
void workspace_state_take_back_future(struct workspace_state *state);

/* Whether the pages of the whole list show the end where new conversations, or changes, appear. */
bool workspace_state_reaches_new(const struct workspace_state *state) MUST_CHECK;

/* A cycle that saw every change began at STARTED: the instants rise, if they do. */
void workspace_state_publish_complete(struct workspace_state *state, int64_t started);

/* A cycle that saw every conversation not resolved began at STARTED. */
void workspace_state_publish_active(struct workspace_state *state, int64_t started);

/*
 * The order does not hold: instants that were published since the last certified sweep may be
 * untrue, and are taken back.
 */
void workspace_state_demote(struct workspace_state *state);

#endif
