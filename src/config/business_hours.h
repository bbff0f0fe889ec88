/* SPDX-License-Identifier: MIT */
/*
 * business_hours.h -- Reads business hours, holidays and targets from the
 * configuration.
 */
#ifndef BUSINESS_HOURS_H
#define BUSINESS_HOURS_H

#include "config_reader.h"

/*
 * A day of the week, from Monday, and when work is done on it: minutes from
 * midnight; closed when both are 0.
 */
#define CONF_DAYS 7
struct conf_hours {
	int opens[CONF_DAYS], closes[CONF_DAYS];
	bool given;
};

/* Dates without work, as the file has them: "2027-01-01". */
struct conf_holidays {
	const char **days;
	size_t n;
};

/* A service target: METRIC within so many microseconds. */
struct conf_target {
	const char *metric; /* first_assignment or first_resolution */
	int64_t within;
	const char *channel_type, *label; /* or NULL: any */
};

struct conf_targets {
	struct conf_target *targets;
	size_t n;
};

/*
 * Readers for the table of keys (config_reader.h, KEY_OWN); NODE may be NULL:
 * nothing is given.
 */

/* {mon-fri: "08:00-17:00", sat: "08:00-12:00"} into a struct conf_hours. */
void business_hours_hours(struct config_reader *in, const struct yaml *node, const char *where,
			  void *hours);

/* [2027-01-01, ...] into a struct conf_holidays. */
void business_hours_holidays(struct config_reader *in, const struct yaml *node, const char *where,
			     void *holidays);

/*
 * [{metric: first_assignment, within: 15m, channel_type: whatsapp}, ...] into
 * a struct conf_targets.
 */
void business_hours_targets(struct config_reader *in, const struct yaml *node, const char *where,
			    void *targets);

#endif
