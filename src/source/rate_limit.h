/* SPDX-License-Identifier: MIT */
/*
 * rate_limit.h -- Computes when the next request may be sent.
 *
 * Answers two questions by arithmetic. How many requests fit under the quota:
 * a token bucket, filled by leases from the warehouse, which keeps the quota
 * of any 60 seconds across processes and restarts. And how long to wait after
 * a failure. Pure: `now` is passed in, on the monotonic clock, and so is
 * chance.
 */
#ifndef RATE_LIMIT_H
#define RATE_LIMIT_H

#include "base.h"
#include "err.h"

/* The life of a lease; tokens that are left then are lost. */
#define RATE_LIMIT_LEASE USEC_PER_SEC

struct rate_limit {
	int per_minute;	      /* of the plan */
	int usable;	      /* of them, ours: less the reserve, at least 1 */
	int tokens;	      /* requests that may go now */
	int64_t tokens_until; /* when those expire */
	int64_t paused_until; /* nothing goes before */
};

enum rate_limit_decision {
	RATE_LIMIT_GO,		/* a token was taken: send */
	RATE_LIMIT_LEASE_FIRST, /* ask the warehouse for tokens */
	RATE_LIMIT_WAIT,	/* nothing before *WHEN */
};

/* A bucket of PER_MINUTE requests; RESERVE_PERCENT of them (0 to 90) are left for others. */
void rate_limit_begin(struct rate_limit *rate_limit, int per_minute, int reserve_percent);

/* Decides whether a request may go at NOW, and takes a token if so. */
enum rate_limit_decision rate_limit_ask(struct rate_limit *rate_limit, int64_t now,
					int64_t *when) MUST_CHECK;

/*
 * How many tokens to ask the warehouse for: as many as the quota gives for the life of a lease, at
 * least 1.
 */
int rate_limit_want(const struct rate_limit *rate_limit) MUST_CHECK;

/*
 * The warehouse granted N tokens at NOW; when it was none, the next may be
 * had after WAIT microseconds.
 */
void rate_limit_granted(struct rate_limit *rate_limit, int64_t now, int n, int64_t wait);

/* The API asked for silence of WAIT microseconds, at NOW. Leased tokens are given up. */
void rate_limit_pause(struct rate_limit *rate_limit, int64_t now, int64_t wait);

/*
 * Whether a request that failed for the TRIES-th time with this error is
 * sent again, and after how long. CHANCE is a number from 0 to 1 that
 * spreads the repetitions of several clients (full jitter).
 */
bool rate_limit_retry(const struct err *err, int tries, double chance, int64_t *wait) MUST_CHECK;

/*
 * For how long nothing is sent because of this error: 0 for any other kind of
 * failure than a request for silence. It is kept by everybody, also when nobody
 * waits for its end. One of hours is interrupted by a request every ten minutes.
 */
int64_t rate_limit_silence(const struct err *err) MUST_CHECK;

/* Whether a wait of that length is short enough for a cycle; else it ends, and goes on later. */
bool rate_limit_can_wait(int64_t wait) MUST_CHECK;

/* Fills ERR with ERR_SLOW_DOWN: the API's silence lasts for another WAIT. Returns false. */
bool rate_limit_refuse(int64_t wait, struct err *err);

#endif
