/* SPDX-License-Identifier: MIT */
/*
 * webhook_body.h -- Finds the conversations that an event is about, by the
 * looks of its ids.
 *
 * The reference does not name the members of an event's body, so none is relied
 * on: a string that looks like a conversation's id is one, wherever it stands.
 * Any body is read once from its beginning to its end, and nothing of it is
 * kept but the ids. A text that is no id, or an id of nothing, does no harm: an
 * event says where to look, and nothing of the state there.
 */
#ifndef WEBHOOK_BODY_H
#define WEBHOOK_BODY_H

#include "base.h"

/* Ids that one event is believed to be about, and bytes that one has with its NUL. */
#define WEBHOOK_BODY_IDS 8
#define WEBHOOK_BODY_ID_SIZE 96

struct webhook_body {
	char ids[WEBHOOK_BODY_IDS][WEBHOOK_BODY_ID_SIZE]; /* different ones */
	int n;
	bool more;    /* there were others, too many or too long */
	bool message; /* a string names the event of a message */
};

/* Reads the N bytes at TEXT. */
void webhook_body_read(const char *text, size_t n, struct webhook_body *body);

#endif
