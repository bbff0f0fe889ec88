/* SPDX-License-Identifier: MIT */
/*
 * workspace_conf.h -- what is configured of a workspace.
 *
 * The configuration file's keys stand here as they were read (config.h fills
 * them in); the schedule, the cycle and the warehouse point to this struct and
 * keep no copy.
 */
#ifndef WORKSPACE_CONF_H
#define WORKSPACE_CONF_H

#include "base.h"

/*
 * A day of the week, from Monday, and when work is done on it: minutes from
 * midnight; closed when both are 0. Not given, work is done at all times.
 */
#define WEEK_DAYS 7
struct workspace_hours {
	int opens[WEEK_DAYS], closes[WEEK_DAYS];
	bool given;
};

/* Dates without work, as the file has them: "2027-01-01". */
struct workspace_holidays {
	const char **days;
	size_t n;
};

/* A service target: METRIC within so many microseconds of business hours. */
struct workspace_target {
	const char *metric; /* first_assignment or first_resolution */
	int64_t within;
	const char *channel_type, *label; /* or NULL: any */
};

/* The first one that fits holds. */
struct workspace_targets {
	struct workspace_target *targets;
	size_t n;
};

struct workspace_schedule {
	int64_t incremental, verify; /* every so many microseconds */
	int full;		     /* minutes after the workspace's midnight */
};

struct workspace_conf {
	const char *name, *timezone;
	const char *base_url; /* without a slash at its end */
	const char *api_key_file;
	char *auth;		     /* "Authorization: Bearer ...", secret */
	int64_t requests_per_minute; /* the plan's quota */
	int64_t reserve;	     /* percent of it left for others */
	int64_t max_in_flight;	     /* 0: as quota and latency have it */
	int64_t lookback;
	struct workspace_schedule schedule;
	struct workspace_hours business_hours;
	struct workspace_holidays holidays;
	struct workspace_targets targets;
	bool keep_name, keep_phone; /* of contacts; the section privacy, for all workspaces */
};

#endif
