/* SPDX-License-Identifier: MIT */
#include "fair_share.h"

/* Microseconds: a turn, and work of the warehouse, from which on others have theirs. */
#define LONG_TURN INT64_C(50000)
#define LONG_WORK INT64_C(250000)

/* The warehouse is left to others for so many times the work. */
#define TIMES 3

void fair_share_end(struct fair_share *share, int64_t now)
{
	share->took = now - share->given_at;
	share->used += share->took;
}

int64_t fair_share_after_turn(struct fair_share *share, int64_t now, int64_t took, int64_t others)
{
	bool gives_way = now < share->gives_way_until;

	if (others == TIME_NEVER) {
		share->gives_way_until = 0;
		return gives_way ? now : TIME_NEVER;
	}
	if (took >= LONG_TURN)
		share->rests_until = now + took;
	if (share->took >= LONG_WORK && share->used > others)
		share->gives_way_until = now + TIMES * share->took;
	return now < share->gives_way_until ? share->gives_way_until : TIME_NEVER;
}
