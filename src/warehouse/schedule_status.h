/* SPDX-License-Identifier: MIT */
/*
 * schedule_status.h -- Writes the state of the schedule to the warehouse, and
 * reads it back.
 *
 * For `status`, which looks at the warehouse alone, and for the daemon that
 * comes next. A row a workspace; nothing depends on it but the picture that
 * people get.
 */
#ifndef SCHEDULE_STATUS_H
#define SCHEDULE_STATUS_H

#include "err.h"
#include "warehouse.h"

/* The status of a workspace. Instants by the host's calendar; TIME_NONE: none. */
struct schedule_status {
	int64_t incremental, verify; /* intervals */
	int full;		     /* minutes after midnight */
	const char *next_kind;
	int64_t next_at;
	const char *running; /* NULL: nothing */
	int64_t running_since;
	const char *trouble; /* NULL: none */
	int64_t trouble_since;
	int failures;
	const char *advice; /* NULL: none */
	const char *listen; /* where events of webhooks are taken; NULL: nowhere */
	int64_t event_at, event_delay;
	int64_t unspoken; /* changes that cycles found since, when that is suspicious */
};

/* Writes it. */
bool schedule_status_write(struct warehouse *warehouse, int workspace,
			   const struct schedule_status *schedule_status,
			   struct err *err) MUST_CHECK;

/*
 * When each kind was last done with success, by the database's clock; TIME_NONE: never, or long
 * ago.
 */
struct schedule_status_past {
	int64_t full_at, verify_at, synced_at;
	int64_t paused_at; /* since when a person has paused it */
};

/* Reads it. */
bool schedule_status_read(struct warehouse *warehouse, int workspace,
			  struct schedule_status_past *past, struct err *err) MUST_CHECK;

/* Facts that the next night depends on. */
struct schedule_status_night {
	const char *zone;
	int minutes;   /* after midnight */
	int64_t delay; /* after that, */
	int64_t last;  /* when everything was last read, by the calendar; TIME_NONE: never, */
	int64_t now;   /* and the present by the calendar */
};

/*
 * *AT is the first night after the last time; it has passed where it was missed. False, too,
 * when the database does not know the time zone.
 */
bool schedule_status_find_night(struct warehouse *warehouse,
				const struct schedule_status_night *night, int64_t *at,
				struct err *err) MUST_CHECK;

/*
 * Writes down that the leases of this process are given back until then, so that `status` can tell
 * why nobody works.
 */
bool schedule_status_sleep(struct warehouse *warehouse, int64_t until, struct err *err) MUST_CHECK;

/*
 * A person, by the process WHO, stops a workspace's schedule; WHO is NULL: it starts again. The
 * daemon hears of it. WAS is a table for the caller to free: `was_since` and `was_by`, null where
 * it was not paused.
 */
bool schedule_status_pause(struct warehouse *warehouse, int workspace, const char *who,
			   struct table **was, struct err *err) MUST_CHECK;

/*
 * The workspaces that are paused: `id`, `name`, `since` (an instant), `since_text`, `paused_by`. A
 * table for the caller to free.
 */
bool schedule_status_paused(struct warehouse *warehouse, struct table **paused,
			    struct err *err) MUST_CHECK;

/*
 * How each workspace stands, as inspect_status(), with `told_state`: the state that somebody was
 * told of last. A table for the caller to free.
 */
bool schedule_status_of_all(struct warehouse *warehouse, struct table **all,
			    struct err *err) MUST_CHECK;

/* Somebody was told that the WORKSPACE is in STATE. */
bool schedule_status_note_told(struct warehouse *warehouse, const char *workspace,
			       const char *state, struct err *err) MUST_CHECK;

#endif
