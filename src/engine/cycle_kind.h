/* SPDX-License-Identifier: MIT */
/*
 * cycle_kind.h -- Lists the kinds of cycles, and the rules of each.
 *
 * The schedule, a command's request to the daemon, the engine, the record of
 * the run, the ledger and the metrics speak of the same kinds. The rules of a
 * kind stand in one table, and nowhere else does code map one kind to another.
 */
#ifndef CYCLE_KIND_H
#define CYCLE_KIND_H

#include "base.h"

enum cycle_kind {
	CYCLE_INCREMENTAL, /* fetches changes; everything, when that is needed */
	CYCLE_VERIFY,	   /* compares the counts */
	CYCLE_REPAIR,	   /* fetches the cells that the last verify found different */
	CYCLE_FULL,	   /* reads everything */
	CYCLE_HINTED,	   /* looks at the conversations that events of webhooks are about */
	CYCLE_MESSAGES,	   /* reads messages, in the share of the quota that is left over */
	CYCLE_SCHEDULED,   /* the kinds above are those that the schedule begins */

	/* A person asks for these. */
	CYCLE_SYNC = CYCLE_SCHEDULED, /* an incremental one that waits for no back-off */
	CYCLE_LOOK,		      /* a verify that takes no lock and leaves no trace */
	CYCLE_SETTLE,		      /* a verify after a look that found a difference */
	CYCLE_REPAIR_ALL,	      /* the same with a repair that accepts all deletions */
	CYCLE_FULL_REPAIR,	      /* a full sweep that accepts all deletions */

	/* Only a run's record and the ledger have this kind. */
	CYCLE_FIRST_LOAD, /* a cycle of a workspace that was never proven complete */
	CYCLE_KINDS,
};

struct cycle_rules {
	const char *name;	   /* in the warehouse, in the log and in metrics */
	const char *request;	   /* name of a command's request for it; NULL: there is none */
	enum cycle_kind scheduled; /* the kind whose place in the schedule it takes */

	bool everything;       /* read the whole list */
	bool insists;	       /* as long as nothing is proven, too, however often that failed */
	bool hinted;	       /* ask for the hinted conversations, where that costs no more */
	bool counts;	       /* compare the counts, and find the cells that differ */
	bool look;	       /* end at the first difference, and leave no trace */
	bool settle_first;     /* a difference was seen: begin with a cycle of changes */
	bool repair;	       /* fetch the cells that differ, */
	bool recall;	       /* beginning with those that the last verify left */
	bool accept_deletions; /* look at all suspects, accept all deletions */
	bool messages;	       /* read messages, and no conversation */
};

/* The rules of a kind. */
const struct cycle_rules *cycle_kind(enum cycle_kind kind) MUST_CHECK;

/* Finds the kind that a command's request names; false when none has that name. */
bool cycle_kind_of_request(const char *request, enum cycle_kind *kind) MUST_CHECK;

#endif
