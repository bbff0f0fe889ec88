/* SPDX-License-Identifier: MIT */
/*
 * rejected_check.h -- Asks again for conversations whose item could not be
 * loaded.
 *
 * Such an item holds both instants until it loads, is gone, or a person
 * accepts it (PROTOCOL.md, rule 11); the list may not show it again for a
 * long time. So a cycle of changes begins with a few of them, and goes on
 * with more when one of those has become good. Pure, like all of the engine.
 */
#ifndef REJECTED_CHECK_H
#define REJECTED_CHECK_H

#include "action.h"
#include "recheck.h"
#include "workspace_state.h"

/* So many are asked for in a cycle while none of them has become good. */
#define REJECTED_CHECK_PROBES 5

enum rejected_check_step {
	REJECTED_CHECK_ASK,
	REJECTED_CHECK_GET,
	REJECTED_CHECK_COMMIT,
	REJECTED_CHECK_OVER,
};

struct rejected_check {
	enum rejected_check_step step;
	struct pending pending;
	struct recheck recheck;
	int64_t started; /* no commit of this phase publishes: TIME_NONE */
	int64_t holding; /* how many there were before this round */
	bool again;	 /* it is the second round */
	uint32_t chance; /* any number: which come first */
};

/*
 * Whether more than a few items of the page could not be loaded. Then it is no
 * page of conversations, unless a person has accepted them: the warehouse knows.
 */
bool rejected_check_is_odd(const struct page *page) MUST_CHECK;

/* Begins; HOLDING items hold the instants. */
void rejected_check_begin(struct rejected_check *check, int64_t holding, uint32_t chance);

/* The next step, and the replies to it; see engine.h. */
void rejected_check_next(void *self, struct workspace_state *state, bool stage_full,
			 struct action *action);
void rejected_check_item(void *self, struct workspace_state *state, enum item_outcome outcome,
			 int64_t updated_at);
void rejected_check_answer(void *self, struct workspace_state *state, const struct answer *answer);
void rejected_check_committed(void *self, struct workspace_state *state, const struct tally *tally);
bool rejected_check_deletes(const void *self, int i) MUST_CHECK;

#endif
