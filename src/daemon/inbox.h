/* SPDX-License-Identifier: MIT */
/*
 * inbox.h -- Keeps the hints that the events of webhooks brought for one
 * workspace.
 *
 * An event that the API signed is a hint to look at a conversation, kept in
 * memory until a cycle takes it; nothing is read of one that it did not sign,
 * and that one is counted and said. The secrets are read from their file again
 * and again, so that another one needs no reload: two may be in force.
 */
#ifndef INBOX_H
#define INBOX_H

#include "buf.h"
#include "clock.h"
#include "hints.h"
#include "log.h"
#include "log_backoff.h"
#include "stats.h"
#include "webhook_signature.h"
#include "workspace_conf.h"

struct inbox {
	struct hints hints;
	struct webhook_signature_keys keys;
	int64_t read_at;	    /* monotonic: when the secrets were read last */
	struct complaint forgeries; /* events without a signature that we know */
	struct complaint no_secret; /* the file cannot be read */
	int64_t last;		    /* when the last event was taken, by the calendar; TIME_NONE */
	int64_t since;		    /* monotonic: when one was taken last; 0: never */
	int64_t unspoken;	    /* changes that cycles have found since then */
	int unspoken_cycles;	    /* and how many cycles */
	struct complaint unheard;   /* cycles find changes of which no event spoke */
};

/* An event as it came. */
struct inbox_event {
	const char *signature; /* the header; NULL: there is none */
	const char *body;
	size_t n;
};

/* The things that an inbox uses during a call. */
struct inbox_env {
	const struct workspace_conf *workspace;
	const char *config_path; /* secrets may stand beside it */
	const struct clock *clock;
	const struct log *log;
	struct stats *stats;
};

/* An empty one. */
struct inbox *inbox_new(void) MUST_CHECK;

/* Forgets its hints, and wipes the secrets. */
void inbox_free(struct inbox **inbox);

/* Takes an event. False when it is not signed by a secret that is in force. */
bool inbox_take(struct inbox *inbox, const struct inbox_env *env,
		const struct inbox_event *event) MUST_CHECK;

/* Adds the ids of the taken hints that speak of a message, as PostgreSQL writes an array. */
void inbox_message_ids(const struct inbox *inbox, struct buf *ids);

/*
 * A cycle has looked at the taken hints by NOW; ERR is empty when it went well. A hint that failed
 * for a moment comes again. One that cannot be followed, such as a conversation that may not be
 * read, must not: the next cycle of changes looks at all changes.
 */
void inbox_end(struct inbox *inbox, struct stats *stats, const struct err *err, int64_t now);

/*
 * A cycle that no hint began has found CHANGES changes. Complains when events do not speak of the
 * changes that cycles find: none came during several of these. stats->unspoken is then how many
 * changes that are, else 0.
 */
void inbox_compare(struct inbox *inbox, const struct inbox_env *env, int64_t changes);

#endif
