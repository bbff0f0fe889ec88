/* SPDX-License-Identifier: MIT */
/*
 * worktime.h -- what reports need to know of a workspace's configuration.
 *
 * When work is done, which targets it should meet, and what of a contact is
 * kept. The warehouse writes it into the warehouse when the workspace is
 * registered; the warehouse computes again what a change makes untrue.
 */
#ifndef WORKTIME_H
#define WORKTIME_H

#include "base.h"
#include "buf.h"

#define WORKTIME_DAYS 7

/* A service target: METRIC within so many microseconds of business hours. */
struct worktime_target {
	const char *metric; /* first_assignment or first_resolution */
	int64_t within;
	const char *channel_type, *label; /* or NULL: any */
};

struct worktime {
	/*
	 * Minutes from midnight for each day from Monday; a day on which both
	 * are 0 is closed. NULL: work is done at all times.
	 */
	const int *opens, *closes;
	const char *const *holidays; /* dates, "2027-01-01" */
	size_t n_holidays;
	const struct worktime_target *targets; /* the first one that fits holds */
	size_t n_targets;
	bool drops_names, drops_phones; /* of contacts */
};

/* Adds it to TEXT as the JSON that sahut_etl.register() reads. */
void worktime_write(struct buf *text, const struct worktime *work);

#endif
