/* SPDX-License-Identifier: MIT */
/*
 * notice.h -- Decides when somebody is told of a workspace that is not well,
 * and writes the message.
 *
 * Pure: it is told the time and the states that `status` shows. Trouble is told
 * when it has lasted for a while, its end at once. Trouble that comes and goes
 * is told more and more seldom. A message has states and names of workspaces,
 * and nothing of an error's text, which may quote the API's.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "base.h"
#include "buf.h"
#include "schedule.h"

/* One subject: its state, and the state that was told. */
struct notice {
	char *workspace; /* NULL: the warehouse itself; the owner's */
	char state[32];	 /* as `status` has it */
	bool trouble;	 /* somebody should look */
	int64_t since;	 /* of `trouble` as it is, by the calendar, */
	int64_t changed; /* and monotonic */

	bool told;	/* that there is trouble, and not yet that it is over */
	bool telling;	/* a message about it is under way, */
	bool tells;	/* which says that there is trouble */
	bool unsaved;	/* the warehouse does not know yet of the last message */
	int64_t lasted; /* of trouble that is over: for how long it lasted */
	int64_t quiet;	/* monotonic: no trouble is told before that */
	int times;	/* that trouble came back within an hour */
};

enum notice_format {
	NOTICE_JSON,
	NOTICE_SLACK,
};

/* A subject that is well as far as anybody knows. */
void notice_begin(struct notice *notice, const struct schedule_time *now);

/* It is in STATE now. */
void notice_see(struct notice *notice, const char *state, bool trouble,
		const struct schedule_time *now);

/* When to tell of it, monotonic, where trouble must last for AFTER first; TIME_NEVER: not yet. */
int64_t notice_due(const struct notice *notice, int64_t after) MUST_CHECK;

/* The message that `tells` describes was sent. */
void notice_told(struct notice *notice, const struct schedule_time *now);

/* The subject of a message. */
struct notice_message {
	const struct notice *list; /* those that are `telling` */
	size_t n;
	const char *host;
	int64_t now; /* by the calendar */
};

/* Writes it. Without any subject it is a test, and says so. */
void notice_write(const struct notice_message *message, enum notice_format format, struct buf *out);

#endif
