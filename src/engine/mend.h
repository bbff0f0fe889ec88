/* SPDX-License-Identifier: MIT */
/*
 * mend.h -- the cells that differ, fetched.
 *
 * Reads each cell's list, and asks for each conversation that is held in
 * the cell and was not in it (PROTOCOL.md, rule 7). A cell of one page is
 * one moment: then nothing of it can have been skipped. Pure, like all of
 * the engine.
 */
#ifndef MEND_H
#define MEND_H

#include "action.h"
#include "memory.h"
#include "recheck.h"
#include "sweep.h"
#include "work.h"

enum mend_step {
	MEND_READ,    /* a cell's list */
	MEND_FLUSH,   /* what was read is committed */
	MEND_MISSING, /* what is held in the cell and was not shown */
	MEND_VISIT,   /* each of those */
	MEND_BURY,    /* what is gone is committed */
	MEND_RECORD,
	MEND_OVER,
};

struct mend {
	enum mend_step step;
	struct work work;
	bool believe;
	struct cell cells[CELLS_MOST]; /* `api` and `held` become what they are after the mending */
	int n, cell;
	int number; /* of the scan */
	struct sweep sweep;
	int64_t started, lookback;
	int64_t limit; /* what was first seen before this is known to every replica */
	struct recheck recheck;
	enum verdict verdict;
};

/* Begins to mend N cells. BELIEVE: a person wants all deletions believed. */
void mend_begin(struct mend *mend, const struct memory *memory, const struct cell *cells, int n,
		bool believe);

/* What to do next, and what comes back; see engine.h. */
void mend_next(struct mend *mend, bool stage_full, struct action *action);
void mend_page(struct mend *mend, const struct page *page);
void mend_item(struct mend *mend, enum item_outcome outcome);
void mend_answer(struct mend *mend, const struct memory *memory, const struct answer *answer);
void mend_committed(struct mend *mend, const struct memory *memory);
bool mend_buries(const struct mend *mend, int i) MUST_CHECK;

#endif
