/* SPDX-License-Identifier: MIT */
/*
 * schedule.h -- Decides when each kind of cycle of a workspace is due.
 *
 * Pure: it is told the time and the outcome of each cycle; it says which kind
 * comes next, and when. Cycles of changes and of counting stand on a timetable
 * of their interval; the full sweep comes once a night, whose instant the
 * warehouse computes, since it knows the time zones. A missed cycle is done
 * once. A cycle that fails is tried again, later each time. The kind that has
 * been due longest goes first, so none waits for ever; but messages are read
 * only while nothing else is due. Two clocks, because intervals must not jump
 * with the calendar, and a time of day must.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "base.h"
#include "cycle_kind.h"

/* Monotonic, and the calendar. */
struct schedule_time {
	int64_t mono, real;
};

struct schedule_conf {
	int64_t incremental, verify; /* intervals */
	double place; /* among the other workspaces, from 0 to below 1: they do not go together */
};

/* How a cycle ended, as far as that matters here. */
struct schedule_end {
	bool ok;
	bool full;	/* it read everything, though its kind may be another */
	bool different; /* the counts do not agree */
	int64_t rest;	/* monotonic: none of the kind may begin before; 0: it may */
	bool more;	/* messages are left to be read */
};

/* Facts of the workspace from the warehouse. All but the flags are by the calendar. */
struct schedule_facts {
	bool loaded;	   /* its first load is over, proven or not */
	bool audit_due;	   /* the counts should be compared soon */
	bool messages;	   /* messages are read */
	int64_t full_at;   /* when everything was last read with success, */
	int64_t verify_at; /* and the counts compared; TIME_NONE: never */
	int64_t retry_at;  /* a sweep that proved nothing is to be done again; TIME_NONE: no */
};

struct schedule {
	struct schedule_conf conf;
	struct schedule_facts facts;
	int64_t night; /* the first after facts.full_at, by the calendar; TIME_NONE: not known */

	/* monotonic */
	int64_t timetable
		[CYCLE_SCHEDULED];    /* where the next one belongs, of those on a timetable; */
	int64_t due[CYCLE_SCHEDULED]; /* when it is due; of the full sweep that is worked out */
	int64_t not_before[CYCLE_SCHEDULED]; /* after a failure */
	int64_t verified;		     /* when the last verify began */

	int failures[CYCLE_SCHEDULED]; /* in a row */
	int differed;		       /* verifies in a row that found a difference */
	uint32_t chance;
};

/* Begins: the first cycle comes at once, or in its place among the others. */
void schedule_begin(struct schedule *schedule, const struct schedule_conf *conf,
		    const struct schedule_facts *facts, const struct schedule_time *now);

/* Another configuration; due instants stay unless an interval has become shorter. */
void schedule_change(struct schedule *schedule, const struct schedule_conf *conf,
		     const struct schedule_time *now);

/* Facts of this moment. */
void schedule_learn(struct schedule *schedule, const struct schedule_facts *facts,
		    const struct schedule_time *now);

/* Whether the next night has to be computed: after a full sweep, and another configuration. */
bool schedule_wants_night(const struct schedule *schedule) MUST_CHECK;

/* The night that was computed. */
void schedule_set_night(struct schedule *schedule, int64_t night);

/* How long after the time that is configured the night of this workspace begins. */
int64_t schedule_night_delay(const struct schedule *schedule) MUST_CHECK;

/* When a kind is due, monotonic; TIME_NEVER: not until something else happens. */
int64_t schedule_due(const struct schedule *schedule, enum cycle_kind kind,
		     const struct schedule_time *now) MUST_CHECK;

/* The kind that comes next, and *WHEN: it is due if that has passed. */
enum cycle_kind schedule_next(const struct schedule *schedule, const struct schedule_time *now,
			      int64_t *when);

/* When the first of the other kinds is due: then messages wait. */
int64_t schedule_others(const struct schedule *schedule,
			const struct schedule_time *now) MUST_CHECK;

/* A cycle of a kind began, or came to nothing before it could: it is not due any more. */
void schedule_began(struct schedule *schedule, enum cycle_kind kind,
		    const struct schedule_time *now);

/* Hints are due at AT, monotonic; TIME_NEVER: there are none. */
void schedule_hint(struct schedule *schedule, int64_t at);

/* It ended. */
void schedule_ended(struct schedule *schedule, enum cycle_kind kind, const struct schedule_end *end,
		    const struct schedule_time *now);

/* It was cut short, and nothing is wrong with it: it is due at once. */
void schedule_again(struct schedule *schedule, enum cycle_kind kind,
		    const struct schedule_time *now);

#endif
