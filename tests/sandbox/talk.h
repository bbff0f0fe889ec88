/* SPDX-License-Identifier: MIT */
/*
 * talk.h -- Makes up the messages of the conversations.
 *
 * Messages from before the start are made up again each time, from the seed and the conversation's
 * number: a customer writes first, a bot greets, agents answer or do not, notes and events of the
 * system lie between. Later ones are remembered. Lists are oldest first. Every text, name, file and
 * URL carries the marker, so that a test can look for it where no content may be.
 */
#ifndef TALK_H
#define TALK_H

#include "base.h"
#include "buf.h"
#include "world.h"

enum talk_kind {
	TALK_INCOMING, /* from the customer */
	TALK_OUTGOING, /* from an agent */
	TALK_BOT,
	TALK_NOTE,     /* outgoing, and private */
	TALK_ACTIVITY, /* an event of the system */
	TALK_STRANGE,  /* of a type and a sender that the reference does not know */
	TALK_BAD,      /* created_at is no time */
	N_TALK_KINDS,
};

/* One message, before it is written out. */
struct talk_message {
	uint32_t at;	 /* seconds since 1970 */
	uint32_t serial; /* its number within the conversation, which stays */
	uint8_t kind;	 /* enum talk_kind */
};

struct talk;

/* The messages of a world, which must outlive them, in the state that it has now. */
struct talk *talk_new(const struct world *world, const char *marker) MUST_CHECK;
void talk_free(struct talk **talk);

/* The kind of that name: "incoming". False when there is none. */
bool talk_kind_parse(const char *name, enum talk_kind *ret) MUST_CHECK;

/* A message is written at AT in conversation NUMBER, and can be seen from SEEN on. */
void talk_say(struct talk *talk, uint32_t number, const struct talk_message *message,
	      uint32_t seen);

/* A message of a kind that chance decides. */
void talk_say_something(struct talk *talk, uint32_t number, uint32_t at, uint32_t seen);

/* Takes a message away, as if it had never been. */
void talk_remove(struct talk *talk, uint32_t number, uint32_t serial);

/*
 * The messages of a conversation that can be seen at NOW, oldest first. The caller frees *RET.
 * Returns how many they are.
 */
uint32_t talk_list(const struct talk *talk, uint32_t number, uint32_t now,
		   struct talk_message **ret) MUST_CHECK;

/* The message of a conversation that was said last, whether it can be seen yet or not. */
bool talk_newest(const struct talk *talk, uint32_t number, struct talk_message *ret) MUST_CHECK;

/* Writes a message as an object. */
void talk_write(const struct talk *talk, struct buf *out, uint32_t number,
		const struct talk_message *message);

#endif
