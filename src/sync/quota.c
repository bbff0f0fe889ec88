/* SPDX-License-Identifier: MIT */
#include "quota.h"

/* Leases tokens for the next requests. *WHEN is when to ask again if there were none. */
static bool lease(struct quota *quota, int64_t *when, struct err *err)
{
	struct warehouse_lease lease = { .want = rate_limit_want(&quota->rate_limit),
					 .cap = quota->rate_limit.usable,
					 .run = quota->run,
					 .purpose = quota->purpose,
					 .unused = quota->unused,
					 .share = quota->share,
					 .spares = quota->spares };
	int64_t now = clock_mono(quota->clock);

	lease.granted = lease.want;
	if (quota->warehouse &&
	    !warehouse_take_lease(quota->warehouse, quota->workspace, &lease, err))
		return false;
	if (lease.granted == 0 && !rate_limit_can_wait(lease.wait))
		return rate_limit_refuse(lease.wait, err);
	/* The rest of the lease before was taken off with this one. */
	if (lease.granted > 0)
		quota->unused = lease.granted;
	rate_limit_granted(&quota->rate_limit, now, lease.granted, lease.wait);
	*when = now + lease.wait;
	return true;
}

bool quota_may_send(struct quota *quota, int64_t *when, bool *ok, struct err *err)
{
	for (*ok = true;;) {
		switch (rate_limit_ask(&quota->rate_limit, clock_mono(quota->clock), when)) {
		case RATE_LIMIT_GO:
			quota->unused--;
			return true;
		case RATE_LIMIT_WAIT:
			return false;
		case RATE_LIMIT_LEASE_FIRST:
			*ok = lease(quota, when, err);
			if (!*ok)
				return false;
			break;
		}
	}
}

int quota_take_unused(struct quota *quota)
{
	int unused = quota->unused;

	quota->unused = 0;
	quota->rate_limit.tokens = 0;
	return unused;
}

bool quota_retry(struct quota *quota, const struct err *why, int tries, double chance,
		 int64_t *when)
{
	int64_t now = clock_mono(quota->clock), wait = rate_limit_silence(why);
	bool again = rate_limit_retry(why, tries, chance, &wait);
	struct err ignored;

	*when = now + wait;
	if (why->kind == ERR_SLOW_DOWN) {
		rate_limit_pause(&quota->rate_limit, now, wait);
		if (quota->warehouse)
			(void)!warehouse_pause(quota->warehouse, quota->workspace, wait, &ignored);
	}
	return again;
}
