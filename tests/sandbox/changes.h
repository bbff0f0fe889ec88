/* SPDX-License-Identifier: MIT */
/*
 * changes.h -- the one way in which a world changes once it is served.
 *
 * A change keeps the world, its history and the views together. It happens
 * at one moment and may become visible at a later one, as in a database
 * whose transactions commit late; until then nobody sees it, and then it
 * carries the time at which it happened.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "base.h"
#include "views.h"
#include "world.h"

enum change_kind {
	CHANGE_STATE, /* `to` is its new state */
	CHANGE_BIRTH, /* a hidden conversation appears */
	CHANGE_DEATH, /* it goes away */
	CHANGE_BACK,  /* its updated_at becomes `at`, which is earlier */
};

struct change {
	enum change_kind kind;
	uint32_t number;
	uint32_t at; /* when it happens, seconds since 1970 */
	struct conversation_state to;
	bool silent;   /* updated_at does not move */
	uint32_t into; /* of a death: where it was merged, or WORLD_NOBODY */
};

struct changes;

/* Changes to WORLD, which must outlive them. VIEWS may be exchanged later. */
struct changes *changes_new(struct world *world, struct views *views) MUST_CHECK;

/* Frees it and all that belongs to it. */
void changes_free(struct changes **changes);

/* Other views of the same world are to be kept from now on. */
void changes_set_views(struct changes *changes, struct views *views);

/*
 * Lets the changes of one conversation that are awaited become visible at once.
 * To be called before its state is read in order to change it.
 */
void changes_settle(struct changes *changes, uint32_t number);

/* Makes a change of a conversation of which nothing is awaited. */
void changes_make(struct changes *changes, const struct change *change);

/* Likewise; but it becomes visible at DUE, and is awaited until then. */
void changes_make_later(struct changes *changes, const struct change *change, int64_t due);

/* Lets all that is due by NOW become visible. */
void changes_catch_up(struct changes *changes, int64_t now);

/* How many changes were made, and how many of them nobody can see yet. */
uint64_t changes_made(const struct changes *changes) MUST_CHECK;
uint32_t changes_awaited(const struct changes *changes) MUST_CHECK;

#endif
