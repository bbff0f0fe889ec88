/* SPDX-License-Identifier: MIT */
/*
 * hinted.h -- Asks for conversations that somebody said to look at.
 *
 * An event of a webhook says where to look, and may be forged, late, or told
 * twice. So each conversation is asked for once, and its answer is merged as
 * any other copy is; one that is not there says nothing, and no instant
 * moves. Pure, like all of the engine.
 */
#ifndef HINTED_H
#define HINTED_H

#include "action.h"
#include "workspace_state.h"

enum hinted_step {
	HINTED_GET,
	HINTED_COMMIT,
	HINTED_OVER,
};

struct hinted {
	enum hinted_step step;
	struct pending pending;
	int n, next;	 /* conversations to ask for, and which is next */
	int64_t started; /* no commit of this phase publishes: TIME_NONE */
};

/* Begins; the sender of the requests holds the ids of the N conversations. */
void hinted_begin(struct hinted *hinted, int n);

/* The next step, and the replies to it; see engine.h. */
void hinted_next(void *self, struct workspace_state *state, bool stage_full, struct action *action);
void hinted_item(void *self, struct workspace_state *state, enum item_outcome outcome,
		 int64_t updated_at);
void hinted_committed(void *self, struct workspace_state *state, const struct tally *tally);

#endif
