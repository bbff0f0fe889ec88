/* SPDX-License-Identifier: MIT */
/*
 * stats.h -- Counts the requests to the API and the answers.
 */
#ifndef STATS_H
#define STATS_H

#include "base.h"
#include "endpoint.h"
#include "json_writer.h"
#include "window.h"

#define STATS_STATUSES 600

/* All zero: nothing was asked. */
struct stats {
	uint64_t requests;
	uint64_t by_status[STATS_STATUSES]; /* at 0: those that got no answer */
	uint64_t by_endpoint[N_ENDPOINTS];
	size_t peak; /* the most that ever fell into one minute */
	struct window last_minute;
};

/* Forgets everything. */
void stats_reset(struct stats *stats);

/* Counts a request that arrives at NOW (monotonic, microseconds). */
void stats_request(struct stats *stats, enum endpoint endpoint, int64_t now);

/* Counts its answer; 0 when there is none. */
void stats_answer(struct stats *stats, int status);

/* Writes the members that tests read into an open object. */
void stats_write(const struct stats *stats, struct json_writer *out);

#endif
