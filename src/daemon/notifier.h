/* SPDX-License-Identifier: MIT */
/*
 * notifier.h -- Posts a message when a workspace stops being well, and when it
 * is again.
 *
 * Nothing waits for it: a message is on its way while cycles run, for a limited
 * time, and one that could not be sent is tried later, with the states of that
 * time. The states that were told stand in the warehouse, so that a daemon that
 * begins anew, or takes over, does not repeat a message. The URL is a secret.
 */
#ifndef NOTIFIER_H
#define NOTIFIER_H

#include "app.h"
#include "log_backoff.h"
#include "metrics.h"
#include "notice.h"

struct notifier {
	struct app *app;
	struct metrics *metrics; /* counts there */
	struct notice *list;	 /* the warehouse, and then workspaces */
	size_t n;
	struct http *http; /* while a message is on its way */
	int64_t look_at;   /* monotonic: when to look how workspaces are */
	int64_t retry_at;  /* not before, after a failure */
	int failures;	   /* in a row */
	struct complaint trouble;
};

/* Begins; nothing is sent unless the configuration says where to. */
void notifier_begin(struct notifier *notifier, struct app *app, struct metrics *metrics);

/* The configuration has changed: another URL is tried at once. */
void notifier_change(struct notifier *notifier);

/*
 * Does its work without waiting. ENDED: a cycle has ended, so a state may have changed. Returns
 * when to call it again.
 */
int64_t notifier_turn(struct notifier *notifier, bool ended);

/* The same while there is no warehouse. */
void notifier_turn_without_warehouse(struct notifier *notifier);

/* Whether nothing is on its way, or about to be looked at. */
bool notifier_is_idle(const struct notifier *notifier) MUST_CHECK;

/* Ends; a message on its way is cut off. */
void notifier_end(struct notifier *notifier);

/* Sends a test, and waits for the answer. */
bool notifier_test(struct app *app, struct err *err) MUST_CHECK;

#endif
