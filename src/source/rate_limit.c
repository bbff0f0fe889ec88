/* SPDX-License-Identifier: MIT */
#include "rate_limit.h"

#include "err_policy.h"
#include "time_format.h"

/* How long to wait at first, and at most, when the far side did not say. */
#define FIRST_WAIT (500 * USEC_PER_MSEC)
#define LONGEST_WAIT (60 * USEC_PER_SEC)

/* A 429 that does not say how long: the window of the quota is a minute. */
#define QUOTA_WAIT (10 * USEC_PER_SEC)

/*
 * Leased tokens are written down as sent: so many may be written down too much by a process that is
 * killed.
 */
#define MOST_LEASED 4

/*
 * A quota is one of a minute. However long a silence one answer asks for, and it may be a date of
 * another century: after so long a request asks whether that is still so.
 */
#define LONGEST_SILENCE (10 * 60 * USEC_PER_SEC)

/*
 * Longer than this nobody stands and waits: the cycle ends, its position is
 * kept, and the schedule goes on later.
 */
#define PATIENCE (5 * 60 * USEC_PER_SEC)

void rate_limit_begin(struct rate_limit *rate_limit, int per_minute, int reserve_percent)
{
	int64_t usable = (int64_t)per_minute * (100 - reserve_percent) / 100;

	*rate_limit = (struct rate_limit){ .per_minute = per_minute,
					   .usable = usable > 0 ? (int)usable : 1 };
}

enum rate_limit_decision rate_limit_ask(struct rate_limit *rate_limit, int64_t now, int64_t *when)
{
	if (now < rate_limit->paused_until) {
		*when = rate_limit->paused_until;
		return RATE_LIMIT_WAIT;
	}
	if (rate_limit->tokens == 0 || now >= rate_limit->tokens_until)
		return RATE_LIMIT_LEASE_FIRST;
	rate_limit->tokens--;
	return RATE_LIMIT_GO;
}

int rate_limit_want(const struct rate_limit *rate_limit)
{
	return (int)min_i64((rate_limit->usable + 59) / 60, MOST_LEASED);
}

void rate_limit_granted(struct rate_limit *rate_limit, int64_t now, int n, int64_t wait)
{
	rate_limit->tokens = n;
	rate_limit->tokens_until = now + RATE_LIMIT_LEASE;
	if (n == 0)
		rate_limit->paused_until = max_i64(rate_limit->paused_until, now + wait);
}

void rate_limit_pause(struct rate_limit *rate_limit, int64_t now, int64_t wait)
{
	rate_limit->tokens = 0;
	rate_limit->paused_until = max_i64(rate_limit->paused_until, now + wait);
}

int64_t rate_limit_silence(const struct err *err)
{
	if (err->kind != ERR_SLOW_DOWN)
		return 0;
	return err->wait > 0 ? min_i64(err->wait, LONGEST_SILENCE) : QUOTA_WAIT;
}

bool rate_limit_can_wait(int64_t wait)
{
	return wait <= PATIENCE;
}

bool rate_limit_refuse(int64_t wait, struct err *err)
{
	char text[TIME_FORMAT_SIZE];

	err_set(err, ERR_SLOW_DOWN, "the API asked for silence (429), which lasts another %s",
		duration_format(wait, text));
	err->wait = wait;
	return false;
}

bool rate_limit_retry(const struct err *err, int tries, double chance, int64_t *wait)
{
	int64_t ceiling = FIRST_WAIT, pause;

	if (!err_policy_again(err, ERR_ATTEMPT_READ, tries))
		return false;
	for (int i = 1; i < tries && ceiling < LONGEST_WAIT; i++)
		ceiling *= 2;
	pause = (int64_t)(chance * (double)min_i64(ceiling, LONGEST_WAIT));
	if (err->kind == ERR_SLOW_DOWN || err->wait > 0)
		pause += err->wait > 0 ? err->wait : QUOTA_WAIT;
	if (!rate_limit_can_wait(pause))
		return false;
	*wait = pause;
	return true;
}
