/* SPDX-License-Identifier: MIT */
/*
 * hot.h -- what changed, in a list whose order by update is not known.
 *
 * Reads the conversations that are open, pending or snoozed, in pages that
 * overlap; asks for each one that was among them and is not any more; reads
 * the new ones, when the list is known to go by creation; and counts the
 * resolved (PROTOCOL.md, rule 5). That shows the present state of every
 * conversation that is not resolved, and the resolution of each that was
 * seen before; it cannot show a resolved conversation that changes. Pure,
 * like all of the engine.
 */
#ifndef HOT_H
#define HOT_H

#include "action.h"
#include "memory.h"
#include "recheck.h"
#include "sweep.h"
#include "work.h"

enum hot_step {
	HOT_READ,     /* open, pending, snoozed */
	HOT_NEW,      /* what was created lately, in a list that goes by creation */
	HOT_COUNT,    /* how many are resolved */
	HOT_FLUSH,    /* what was read is committed */
	HOT_LEAVERS,  /* which conversations have left */
	HOT_RESOLVED, /* where there are many: all resolved ones */
	HOT_VISIT,    /* where there are few: each of them */
	HOT_BURY,     /* what they said is committed */
	HOT_COMPARE,  /* the counts against what is held */
	HOT_PUBLISH,
	HOT_OVER,
};

struct hot {
	enum hot_step step;
	struct work work;
	enum status status; /* being read */
	struct sweep sweep;
	bool resolved_read;
	int64_t started;	/* of the cycle: its first response's Date */
	int64_t limit;		/* what was first seen before this is known to every replica */
	int64_t totals[COUNTS]; /* as the API counts them */
	int64_t changes;	/* rows that the cycle has written */
	struct recheck recheck;
	enum verdict verdict;
};

/* Begins a cycle of hot sweeps. */
void hot_begin(struct hot *hot, const struct memory *memory);

/* What to do next, and what comes back; see engine.h. */
void hot_next(struct hot *hot, const struct memory *memory, bool stage_full, struct action *action);
void hot_page(struct hot *hot, struct memory *memory, const struct page *page);
void hot_item(struct hot *hot, enum item_outcome outcome);
void hot_answer(struct hot *hot, struct memory *memory, const struct answer *answer);
void hot_committed(struct hot *hot, const struct tally *tally);
bool hot_buries(const struct hot *hot, int i) MUST_CHECK;

#endif
