/* SPDX-License-Identifier: MIT */
/*
 * retention.h -- Deletes old records of the program, a few at a time.
 *
 * Only the daemon's own records: runs with their audits, sweeps and command requests,
 * and rejected items; and daily figures of single agents, where that is configured.
 * Conversations and the request ledger are kept for ever.
 */
#ifndef RETENTION_H
#define RETENTION_H

#include "err.h"
#include "warehouse.h"

struct retention {
	int64_t runs, rejected_items; /* how long they are kept, microseconds */
	int64_t agent_days;	      /* daily figures of single agents; 0: for ever */
	int step;		      /* private: begins at 0 */
	int64_t removed;	      /* rows so far */
};

/*
 * Removes a few hundred rows. *OVER when there is nothing more that is old
 * enough; then it begins anew.
 */
bool retention_some(struct retention *retention, struct warehouse *warehouse, bool *over,
		    struct err *err) MUST_CHECK;

#endif
