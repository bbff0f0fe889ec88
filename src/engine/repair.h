/* SPDX-License-Identifier: MIT */
/*
 * repair.h -- Fetches the cells that differ.
 *
 * Reads each cell's list, and asks for each conversation that is held in
 * the cell and was not in it (PROTOCOL.md, rule 7). A cell of one page is
 * one moment: then nothing of it can have been skipped. Pure, like all of
 * the engine.
 */
#ifndef REPAIR_H
#define REPAIR_H

#include "action.h"
#include "recheck.h"
#include "sweep.h"
#include "workspace_state.h"

enum repair_step {
	REPAIR_READ,	/* a cell's list */
	REPAIR_FLUSH,	/* the rows read are committed */
	REPAIR_MISSING, /* conversations held in the cell that were not shown */
	REPAIR_RECHECK, /* each of those */
	REPAIR_DELETE,	/* the deletions are committed */
	REPAIR_RECORD,
	REPAIR_OVER,
};

struct repair {
	enum repair_step step;
	struct pending pending;
	bool accept_deletions;
	struct cell cells[CELLS_MOST]; /* `api` and `held` become the counts after the repair */
	int n, cell;
	int number; /* of the scan */
	struct sweep sweep;
	int64_t started, lookback;
	int64_t limit; /* a conversation first seen before this is known to every replica */
	struct recheck recheck;
	enum verdict verdict;
};

/* Begins to repair N cells. ACCEPT_DELETIONS: a person wants all deletions believed. */
void repair_begin(struct repair *repair, const struct workspace_state *state,
		  const struct cell *cells, int n, bool accept_deletions);

/* The next step, and the replies to it; see engine.h. */
void repair_next(void *self, struct workspace_state *state, bool stage_full, struct action *action);
void repair_page(void *self, struct workspace_state *state, const struct page *page);
void repair_item(void *self, struct workspace_state *state, enum item_outcome outcome,
		 int64_t updated_at);
void repair_answer(void *self, struct workspace_state *state, const struct answer *answer);
void repair_committed(void *self, struct workspace_state *state, const struct tally *tally);
bool repair_refused(void *self, struct workspace_state *state) MUST_CHECK;
bool repair_deletes(const void *self, int i) MUST_CHECK;
enum absence repair_absence(const void *self, int i) MUST_CHECK;

#endif
