/* SPDX-License-Identifier: MIT */
/*
 * retain.h -- what is old enough leaves the warehouse, a little at a time.
 *
 * Only the daemon's own records: runs with their audits, sweeps and command requests,
 * and rejected items. Conversations and the request ledger are kept for ever.
 */
#ifndef RETAIN_H
#define RETAIN_H

#include "err.h"
#include "warehouse.h"

struct retain {
	int64_t runs, rejected_items; /* how long they are kept, microseconds */
	int step;		      /* private: begins at 0 */
	int64_t removed;	      /* rows so far */
};

/*
 * Removes a few hundred rows. *OVER when there is nothing more that is old
 * enough; then it begins anew.
 */
bool retain_some(struct retain *retain, struct warehouse *warehouse, bool *over,
		 struct err *err) MUST_CHECK;

#endif
