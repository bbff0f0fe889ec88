/* SPDX-License-Identifier: MIT */
/*
 * conversation.h -- one conversation, in 32 bytes.
 *
 * All that can be computed from its number (id, attributes) or from its
 * contact's (name, phone) is not stored.
 */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "base.h"

enum conversation_status {
	STATUS_OPEN,
	STATUS_PENDING,
	STATUS_RESOLVED,
	STATUS_SNOOZED,
	N_STATUSES,
};

/* The members that a history is kept of. */
struct conversation_state {
	uint32_t labels;  /* a bit for each place in the catalogue */
	uint8_t status;	  /* enum conversation_status */
	uint8_t assignee; /* place in the catalogue plus 1; 0: nobody */
	uint8_t team;	  /* likewise */
};

enum conversation_flags {
	CONVERSATION_HIDDEN = 1,    /* begun, but not visible yet */
	CONVERSATION_GONE = 2,	    /* deleted or merged into another */
	CONVERSATION_AWAITED = 4,   /* a change was made that is not visible yet */
	CONVERSATION_RAW = 8,	    /* a test gave the text to serve instead */
	CONVERSATION_TEAM = 16,	    /* shows the field "team", which may be null */
	CONVERSATION_ARCHIVED = 32, /* a GET knows it, and no list shows it */
};

struct conversation {
	uint32_t created, updated; /* seconds since 1970 */
	uint32_t contact;
	uint32_t rank;	  /* place in the heap: higher is later */
	uint32_t history; /* latest entry, or 0: unchanged since the start */
	struct conversation_state state;
	uint8_t channel;
	uint8_t flags;
};

/* "open", ... */
const char *conversation_status_name(enum conversation_status status) MUST_CHECK;

/* The status of that name. False when there is none. */
bool conversation_status_parse(const char *name, uint8_t *ret) MUST_CHECK;

/* Whether two states are the same in all that shows. */
bool conversation_state_same(const struct conversation_state *a,
			     const struct conversation_state *b) MUST_CHECK;

/* Whether lists show it. */
static inline bool conversation_listed(const struct conversation *c)
{
	return !(c->flags & (CONVERSATION_HIDDEN | CONVERSATION_GONE));
}

#endif
