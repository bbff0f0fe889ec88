/* SPDX-License-Identifier: MIT */
#include "log_backoff.h"

#define FIRST_GAP (60 * USEC_PER_SEC)
#define LAST_GAP (3600 * USEC_PER_SEC)

bool log_backoff(struct complaint *c, int64_t now)
{
	c->times++;
	if (c->times > 1 && now < c->next)
		return false;
	if (c->times == 1) {
		c->since = now;
		c->gap = FIRST_GAP;
	}
	c->next = now + c->gap;
	c->gap = min_i64(2 * c->gap, LAST_GAP);
	return true;
}

bool log_backoff_over(struct complaint *c, int64_t now, int64_t *lasted)
{
	bool was = c->times > 0;

	if (was && lasted)
		*lasted = now - c->since;
	*c = (struct complaint){ 0 };
	return was;
}
