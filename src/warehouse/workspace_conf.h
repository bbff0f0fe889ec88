/* SPDX-License-Identifier: MIT */
/*
 * workspace_conf.h -- Holds the configuration of a workspace.
 *
 * The configuration file's keys stand here as they were read (config.h fills
 * them in); the schedule, the cycle and the warehouse point to this struct and
 * keep no copy.
 */
#ifndef WORKSPACE_CONF_H
#define WORKSPACE_CONF_H

#include "base.h"

#define WEEK_DAYS 7

/* Work from OPENS to CLOSES: minutes from midnight; past 1440 they are of the day after. */
struct work_span {
	int opens, closes;
};

/* The spans that begin on a day, one after the other; none: no work. */
struct work_day {
	const struct work_span *spans;
	size_t n;
};

/* The days of a week, from Monday. Not given, work is done at all times. */
struct workspace_hours {
	struct work_day days[WEEK_DAYS];
	bool given;
};

/* Single days with hours of their own: "2027-03-19". */
struct workspace_date {
	const char *date;
	struct work_day hours;
};

struct workspace_dates {
	struct workspace_date *dates;
	size_t n;
	bool given;
};

/* Dates without work, as the file has them: "2027-01-01". */
struct workspace_holidays {
	const char **days;
	size_t n;
	bool given;
};

/*
 * The hours of one channel, or of a kind of channels; of its dates and holidays those that are
 * given.
 */
struct workspace_channel {
	const char *channel_id, *channel_type; /* one of them is NULL */
	struct workspace_hours hours;
	struct workspace_dates dates;
	struct workspace_holidays holidays;
};

struct workspace_channels {
	struct workspace_channel *channels;
	size_t n;
};

/* Statuses in which the clock of a target stands still. */
struct target_pause {
	bool pending, snoozed;
};

/* A service target: METRIC within so many microseconds of business hours. */
struct workspace_target {
	const char *metric; /* first_assignment, first_resolution, first_reply or next_reply */
	int64_t within;
	const char *channel_type, *label; /* or NULL: any */
	struct target_pause pause;
};

/* The first one that fits holds. */
struct workspace_targets {
	struct workspace_target *targets;
	size_t n;
};

/* A field of the API's items that becomes a column: PATH has dots between its members. */
struct workspace_attribute {
	const char *name, *path, *type; /* text, number, date or boolean */
};

struct workspace_attributes {
	struct workspace_attribute *list;
	size_t n;
};

struct workspace_schedule {
	int64_t incremental, verify; /* every so many microseconds */
	int full;		     /* minutes after the workspace's midnight */
};

/* Where events are taken, and the file with the secrets that sign them. */
struct workspace_webhook {
	const char *listen; /* address:port; NULL: nowhere */
	const char *secret_file;
};

/* Whether messages are read, which are kept, how far back, and from which share of the quota. */
enum workspace_messages_read {
	WORKSPACE_MESSAGES_OFF,
	WORKSPACE_MESSAGES_REPLIES,
	WORKSPACE_MESSAGES_ALL,
};

struct workspace_messages {
	int read; /* enum workspace_messages_read */
	int64_t since;
	int64_t share; /* percent of the requests that are left over */
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
	struct workspace_channels channel_hours;
	struct workspace_dates date_hours;
	struct workspace_holidays holidays;
	struct workspace_targets targets;
	struct workspace_attributes attributes;
	struct workspace_webhook webhook;
	bool codes_agents; /* of the section privacy: a code stands for an agent's name */
	struct workspace_messages messages;
	bool keep_name, keep_phone; /* likewise, of contacts */
};

#endif
