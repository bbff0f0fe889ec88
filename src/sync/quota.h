/* SPDX-License-Identifier: MIT */
/*
 * quota.h -- The requests that a workspace's key may send, shared through the warehouse.
 *
 * Tokens are leased from the warehouse, where all processes with the key take them from, and a
 * pause that the API asks for is kept by all of them. Without a warehouse the process counts alone.
 */
#ifndef QUOTA_H
#define QUOTA_H

#include "clock.h"
#include "rate_limit.h"
#include "warehouse.h"

struct quota {
	/* set by the owner */
	const struct clock *clock;
	struct warehouse *warehouse; /* NULL: the quota is kept by this process alone */
	int workspace;		     /* its number in the warehouse */
	int64_t run;		     /* the requests are of this run, or 0: */
	const char *purpose;	     /* their purpose in the ledger */

	int unused; /* requests that are written down already, and were not sent */
	struct rate_limit rate_limit;
	bool spares; /* the next request does, see struct request */
	int share;   /* percent of the quota that others leave; 0: all of it, before others */
};

/*
 * Whether a request may go now, which is written down by then; if not, *WHEN is when to ask again.
 * False in *OK: no token can be leased, see ERR.
 */
bool quota_may_send(struct quota *quota, int64_t *when, bool *ok, struct err *err) MUST_CHECK;

/*
 * The requests that were written down and will not be sent, since no more are needed: for the
 * caller to take off the ledger.
 */
int quota_take_unused(struct quota *quota) MUST_CHECK;

/*
 * Whether the request that failed for the TRIES-th time because of WHY is worth another attempt,
 * which begins at *WHEN at the earliest. CHANCE is from 0 to 1, and spreads attempts. A pause that
 * the API asked for is announced to all processes that have the key.
 */
bool quota_retry(struct quota *quota, const struct err *why, int tries, double chance,
		 int64_t *when) MUST_CHECK;

#endif
