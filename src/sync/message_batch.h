/* SPDX-License-Identifier: MIT */
/*
 * message_batch.h -- Gathers the pages of messages that a cycle reads into its batch.
 *
 * A page of messages goes to the stage and to the engine; the engine's step for
 * each conversation becomes a row of the batch that brings its messages.
 */
#ifndef MESSAGE_BATCH_H
#define MESSAGE_BATCH_H

#include "engine.h"
#include "message_decode.h"
#include "request_queue.h"
#include "stage.h"
#include "table.h"

struct message_batch {
	struct message_decode *decode; /* NULL: the cycle reads none */
	bool all;		       /* keep activities and notes, too */
	/* of each conversation of the answer: when its last message was written; its last page */
	int64_t written[MESSAGES_MOST], observed[MESSAGES_MOST];
};

/* Begins; ALL as configured. */
void message_batch_begin(struct message_batch *batch, bool all);
void message_batch_end(struct message_batch *batch);

/* The things of the cycle that a page's reader needs. */
struct message_env {
	struct engine *engine;
	struct table *ids; /* of the last answer */
	struct stage *stage;
	int64_t date; /* of the reply that is taken, as far as that is believed */
};

/* The conversations of an answer have come: nothing was read of them. */
void message_batch_forget(struct message_batch *batch);

/*
 * Takes the reply that SLOT was waiting for, a page or the documented 404; *N is how many messages
 * it had. False with ERR_DATA when it is none.
 */
bool message_batch_take(struct message_batch *batch, const struct message_env *env,
			const struct slot *slot, int *n, struct err *err) MUST_CHECK;

/*
 * Whether the messages of one conversation cannot be had, because of WHY, and the cycle goes on
 * without them: it would be the first one the next time, too.
 */
bool message_batch_skips(struct engine *engine, const struct slot *slot,
			 const struct err *why) MUST_CHECK;

/* Stages how far each conversation was read, for the commit that the engine asks for. */
void message_batch_stage(struct message_batch *batch, const struct message_env *env);

#endif
