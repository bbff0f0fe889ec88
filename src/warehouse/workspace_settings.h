/* SPDX-License-Identifier: MIT */
/*
 * workspace_settings.h -- The settings of a workspace that reports need.
 *
 * When work is done, which targets it should meet, and what of a contact is
 * kept. The warehouse writes it into the warehouse when the workspace is
 * registered; the warehouse computes again what a change makes untrue.
 */
#ifndef WORKSPACE_SETTINGS_H
#define WORKSPACE_SETTINGS_H

#include "base.h"
#include "buf.h"

#define WORKSPACE_SETTINGS_DAYS 7

/* A service target: METRIC within so many microseconds of business hours. */
struct workspace_settings_target {
	const char *metric; /* first_assignment or first_resolution */
	int64_t within;
	const char *channel_type, *label; /* or NULL: any */
};

struct workspace_settings {
	/*
	 * Minutes from midnight for each day from Monday; a day on which both
	 * are 0 is closed. NULL: work is done at all times.
	 */
	const int *opens, *closes;
	const char *const *holidays; /* dates, "2027-01-01" */
	size_t n_holidays;
	const struct workspace_settings_target *targets; /* the first one that fits holds */
	size_t n_targets;
	bool drops_names, drops_phones; /* of contacts */
};

/* Adds it to TEXT as the JSON that sahut_etl.register() reads. */
void workspace_settings_write(struct buf *text, const struct workspace_settings *work);

#endif
