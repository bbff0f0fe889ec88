/* SPDX-License-Identifier: MIT */
/*
 * batch.h -- the scripts of a commit and of a question.
 *
 * A commit is one transaction: the staged rows, merged; with them the
 * position, the counters and the instants, so that nothing is ever claimed
 * that is not there. Here these scripts are put together and their results
 * read; the store runs them.
 */
#ifndef BATCH_H
#define BATCH_H

#include "act.h"
#include "grid.h"
#include "memory.h"
#include "script.h"
#include "stage.h"

/* What was sent since the last commit. */
struct sent {
	int requests, pages, throttled, retried, failed;
};

struct batch {
	int workspace;
	int64_t run;
	int64_t sweep; /* 0 when the run is no full sweep */
	int number;    /* of the batch within the sweep */
	enum seen_by seen;
	bool last; /* the run ends with it */
	enum verdict verdict;
	const char *purpose; /* for the ledger */
	const struct memory *memory;
	int64_t started; /* of the cycle; TIME_NONE while it is not known */
	int64_t distinct,
		suspects; /* of the full sweep, when it has been counted; else TIME_NONE */
	struct stage *stage;
	struct sent sent;
};

/*
 * Adds the steps of the commit. Closes the stage, whose rows must live until
 * the script has ended.
 */
void batch_write(struct script *script, const struct batch *batch);

/* Reads what the commit came to. */
void batch_read(const struct grid *grid, struct tally *tally);

/* A question of the engine's. IDS (N of them) are those of the page just read, for ASK_JOINED. */
struct question {
	int workspace;
	int64_t sweep;
	struct ask ask;
	const char *const *ids;
	int n;
};

/* Adds the steps of the question. */
void question_write(struct script *script, const struct question *question);

/*
 * Reads the answer. Returns the ids that came with it in the first column of
 * a grid, the control last (the second column is for what becomes of them);
 * NULL without any.
 */
struct grid *question_read(enum ask_kind kind, const struct grid *grid,
			   struct answer *answer) MUST_CHECK;

#endif
