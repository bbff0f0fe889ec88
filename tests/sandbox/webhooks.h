/* SPDX-License-Identifier: MIT */
/*
 * webhooks.h -- Keeps the webhooks of a workspace: the addresses that hear of
 * events.
 *
 * Every change is told at the moment at which it is made, whether lists show
 * it yet or not. How events are signed, and how often they are repeated,
 * overtaken, forged or left out, is a setting of the workspace.
 */
#ifndef WEBHOOKS_H
#define WEBHOOKS_H

#include "base.h"
#include "chance.h"
#include "changes.h"
#include "deliveries.h"
#include "err.h"
#include "settings.h"
#include "talk.h"
#include "world.h"

enum webhook_event {
	WEBHOOK_CONVERSATION_CREATED,
	WEBHOOK_CONVERSATION_UPDATED,
	WEBHOOK_CONVERSATION_RESOLVED,
	WEBHOOK_MESSAGE_CREATED,
	WEBHOOK_CONTACT_CREATED,
	WEBHOOK_CONTACT_UPDATED,
	WEBHOOK_EVENTS,
};

struct webhooks;

/* The workspace whose events they are; all of it is only looked at. */
struct webhooks_source {
	const struct world *world;
	const struct talk *talk;
	const struct settings *settings;
};

/* No webhooks yet. DELIVERIES belong to them from then on. */
struct webhooks *webhooks_new(const struct webhooks_source *source,
			      struct deliveries *deliveries) MUST_CHECK;

/* Frees them, and their deliveries. */
void webhooks_free(struct webhooks **webhooks);

/* The event of that name. False when there is none. */
bool webhooks_event_parse(const char *name, enum webhook_event *ret) MUST_CHECK;

/* Registers one for a set of events, a bit for each; returns its number. */
int webhooks_register(struct webhooks *webhooks, const char *url, unsigned events);

/* Removes the one with this id. False when there is none. */
bool webhooks_remove(struct webhooks *webhooks, const char *id) MUST_CHECK;

/* Writes the one of that number as an object, with its secret. */
void webhooks_write_one(const struct webhooks *webhooks, int number, struct json_writer *out);

/* Writes all of them, and the outcome of their deliveries, into an open object. */
void webhooks_write(const struct webhooks *webhooks, struct json_writer *out);

/* A change was made of a conversation that was in the state BEFORE. */
void webhooks_tell_change(struct webhooks *webhooks, const struct change *change,
			  const struct conversation_state *before);

/* An event about a conversation that exists. */
void webhooks_tell(struct webhooks *webhooks, enum webhook_event event, uint32_t number);

/* One event as a test wants it, about any id; FORGED: signed with a secret that is none. */
void webhooks_tell_of(struct webhooks *webhooks, enum webhook_event event, const char *id,
		      bool forged);

#endif
