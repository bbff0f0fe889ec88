/* SPDX-License-Identifier: MIT */
/*
 * fair_share.h -- Leaves processor and warehouse to other cycles after long
 * work.
 *
 * Cycles share one loop and one writing connection. A page or a batch of
 * megabytes takes seconds; a cycle of another workspace takes a dozen small
 * steps, which would each wait for one of those.
 */
#ifndef FAIR_SHARE_H
#define FAIR_SHARE_H

#include "base.h"

/* The share of one cycle; empty at its beginning. All times are microseconds, monotonic. */
struct fair_share {
	int64_t rests_until;	 /* until then replies wait, */
	int64_t gives_way_until; /* and so does work for the warehouse */
	int64_t given_at;	 /* when the warehouse began its work, */
	int64_t took;		 /* how long that took which ended in the last turn, or 0, */
	int64_t used;		 /* and all together */
};

/* The warehouse is done with its work NOW. */
void fair_share_end(struct fair_share *share, int64_t now);

/*
 * After a turn that ended NOW and TOOK so long. OTHERS is the least that cycles beside it have
 * used of the warehouse; TIME_NEVER: there is none. After a long turn as much time is left to
 * others. After a long batch of one that has used more than they have, the warehouse is theirs for
 * a whole cycle of theirs, or until none is at work. Returns when to look again at the latest.
 */
int64_t fair_share_after_turn(struct fair_share *share, int64_t now, int64_t took,
			      int64_t others) MUST_CHECK;

#endif
