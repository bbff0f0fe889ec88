/* SPDX-License-Identifier: MIT */
/*
 * batch.h -- Builds the script of a commit.
 *
 * A commit is one transaction: the staged rows, merged; with them the position,
 * the counters and the instants, so that nothing is ever claimed that is not
 * there. Here the script is put together and its result read; warehouse.c runs
 * it.
 */
#ifndef BATCH_H
#define BATCH_H

#include "action.h"
#include "audit.h"
#include "filter_ids.h"
#include "partition.h"
#include "script.h"
#include "stage.h"
#include "table.h"
#include "workspace_state.h"

/* The requests sent since the last commit. */
struct sent {
	int requests, pages, throttled, retried, failed;
};

struct batch {
	int workspace;
	int64_t run;
	int64_t sweep; /* 0 when the run is no full sweep */
	int number;    /* of the batch within the sweep */
	enum seen_by seen;
	int scan;  /* by which scan of the run */
	bool last; /* the run ends with it */
	enum verdict verdict;
	enum cycle_kind kind; /* for the ledger */
	const struct workspace_state *state;
	int64_t started; /* of the cycle; TIME_NONE while it is not known */
	int64_t told;	 /* the API's time as it was told last in the cycle; TIME_NONE: not yet */
	int64_t distinct,
		suspects;	   /* of the full sweep, when it has been counted; else TIME_NONE */
	const struct audit *audit; /* of a verify that ends with it, else NULL; */
	const struct cell *cells;  /* and the cells that differ, N_CELLS of them */
	int n_cells;
	bool absences;			   /* conversations that its sweep did not see are noted
                                            * as missing */
	const struct partition *partition; /* of a full sweep that ends with it, else NULL */
	const struct filter_ids *names;
	struct stage *stage;
	struct sent sent;
	bool messages; /* it has messages, and no conversation */
};

/*
 * The steps of a commit that merge the rows which those before them have staged: from FIRST to END.
 */
struct batch_merge {
	size_t first, end;
};

/*
 * Adds the steps of the commit. Closes the stage, whose rows must live until
 * the script has ended. Returns which of the steps merge.
 */
struct batch_merge batch_write(struct script *script, const struct batch *batch);

/* Reads the tally of the commit. */
void batch_read(const struct table *table, struct tally *tally);

#endif
