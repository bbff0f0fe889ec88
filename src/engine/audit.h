/* SPDX-License-Identifier: MIT */
/*
 * audit.h -- Compares the API's counts with the warehouse's, down to the
 * cells that differ.
 *
 * Five requests when they agree: the four statuses, and all; the last one is a
 * random page deep in the list where an order is relied on, a second witness of
 * that order. Where counts differ, a cycle of changes is run and they are read
 * again. Then the held counts are read once more, with the changes of that
 * cycle as slack, since conversations move while one counts. A cell that still
 * differs is split by channel and then by assignee, only as far as that is
 * cheaper than reading the cell (PROTOCOL.md, rule 7). Pure, like all of the
 * engine.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "action.h"
#include "sweep.h"
#include "workspace_state.h"

enum audit_step {
	AUDIT_TOTAL,  /* how many there are; the second witness */
	AUDIT_COUNT,  /* how many of each status */
	AUDIT_HELD,   /* how many are held */
	AUDIT_FLUSH,  /* rows that came with the counts are committed, so that no sweep claims to
                       * have seen them */
	AUDIT_SETTLE, /* the caller is to run a cycle of changes, then audit_settled() */
	AUDIT_SPLIT,  /* how many are held in each part of a cell */
	AUDIT_PART,   /* how many the API counts there */
	AUDIT_RECORD,
	AUDIT_OVER,
};

struct audit {
	enum audit_step step;
	struct pending pending;
	bool look;     /* end at the first difference, and leave no trace */
	int reading;   /* how often has been counted */
	int64_t slack; /* changes since the API counted */
	int counted;   /* readings of the API, */
	int more;      /* and those in which the statuses were more than the whole */
	bool parted;   /* in one of them the statuses left none out */
	int per_page;
	bool filterless; /* only the whole can be compared */
	int64_t depth; /* a cell that has more cannot be read: it is split, if it can be; 0: any */
	int witness;   /* page of the second witness; 0: none */
	int64_t started; /* Date of the first response */
	enum status status;
	int64_t api[COUNTS], held[COUNTS];
	int64_t rejected;

	struct cell todo[CELLS_MOST], found[CELLS_MOST];
	int n_todo, n_found;
	struct cell parent; /* being split, */
	int parts, part;    /* how many parts it has, and the one that is being counted */
	int64_t part_held[PARTS_MOST + 1];
	bool part_done[PARTS_MOST + 1];
	int64_t explained;
	enum verdict verdict;
};

/* Begins. The flags say when it ends early; see the struct. */
void audit_begin(struct audit *audit, const struct workspace_state *state,
		 const struct engine_conf *conf);

/* The cycle of changes that AUDIT_SETTLE asked for is over; it has written CHANGES rows. */
void audit_settled(struct audit *audit, int64_t changes);

/* The next step, and the replies to it; see engine.h. */
void audit_next(void *self, struct workspace_state *state, bool stage_full, struct action *action);
void audit_page(void *self, struct workspace_state *state, const struct page *page);
bool audit_refused(void *self, struct workspace_state *state) MUST_CHECK;
void audit_answer(void *self, struct workspace_state *state, const struct answer *answer);
void audit_committed(void *self, struct workspace_state *state, const struct tally *tally);

#endif
