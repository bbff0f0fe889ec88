/* SPDX-License-Identifier: MIT */
/*
 * world.h -- Stores the conversations of one workspace, and their past since
 * the start.
 *
 * Storage only: conversations by number, in the order in which they began; a
 * history for those that changed; which ones went away; texts that tests put in
 * the place of items. Changes are made in changes.h, and written in page.h.
 */
#ifndef WORLD_H
#define WORLD_H

#include "base.h"
#include "catalogue.h"
#include "conversation.h"

/* No conversation has this number. */
#define WORLD_NOBODY UINT32_MAX

/* A state that was true, from `at` until the next one. */
struct world_past {
	uint32_t at;	 /* seconds since 1970 */
	uint32_t before; /* the entry before it, or 0 */
	struct conversation_state state;
	bool silent; /* updated_at did not move with it */
};

/* A conversation that went away. */
struct world_departure {
	uint32_t number, at;
	uint32_t into; /* the one it was merged into, or WORLD_NOBODY */
};

struct world_raw {
	uint32_t number;
	char *text;
};

/* A conversation as it was until a change. */
struct world_copy {
	uint32_t number, until; /* seconds since 1970 */
	struct conversation was;
};

/* How ids, and how times, are written. */
enum world_ids { WORLD_IDS_TEXT, WORLD_IDS_NUMBER, WORLD_IDS_MIXED };
enum world_times { WORLD_TIMES_UTC, WORLD_TIMES_OFFSET, WORLD_TIMES_MIXED };

struct world_style {
	bool mistyped; /* created_at is a number */
	enum world_ids ids;
	enum world_times times;
};

struct world {
	uint64_t seed;
	uint32_t tag;	/* of its ids */
	uint32_t start; /* when it began to be served, seconds since 1970 */
	struct catalogue catalogue;
	struct conversation *all;
	uint32_t n, room;
	uint32_t contacts;	 /* numbered from 0 */
	uint32_t rank;		 /* the last place of the heap that was given out */
	struct world_past *past; /* entry 0 is not used */
	uint32_t n_past, past_room;
	struct world_departure *departures;
	uint32_t n_departures, departures_room;
	struct world_raw *raws;
	uint32_t n_raws;
	uint32_t n_archived;
	struct world_copy *copies; /* in the order of the changes */
	uint32_t n_copies, copies_room;
	struct world_style style; /* that items are served in */
};

/* An empty world with room for ROOM conversations, which grows when needed. */
struct world *world_new(const char *key, uint64_t seed, uint32_t start, uint32_t room) MUST_CHECK;

/* Frees it and all that belongs to it. */
void world_free(struct world **world);

/* Adds a conversation and returns its number. All pointers into `all` are void after it. */
uint32_t world_add(struct world *world, const struct conversation *conversation);

/* The number of the conversation with this id, also of one that is gone, or WORLD_NOBODY. */
uint32_t world_find(const struct world *world, const char *id) MUST_CHECK;

/*
 * Follows a conversation to where it was merged. The number of one that lists
 * show, or WORLD_NOBODY.
 */
uint32_t world_follow(const struct world *world, uint32_t number) MUST_CHECK;

/*
 * Notes that a conversation is in its present state since AT. BEFORE is the
 * state that it left, which is also noted if it was that of the start; NULL
 * at its beginning.
 */
void world_remember(struct world *world, uint32_t number, const struct conversation_state *before,
		    uint32_t at, bool silent);

/* Notes that it went away. */
void world_depart(struct world *world, const struct world_departure *departure);

/* Keeps a copy of it before a change that happens at AT. */
void world_keep(struct world *world, uint32_t number, uint32_t at);

/* The last copy of it that lists showed; NULL when there is none. */
const struct conversation *world_former(const struct world *world, uint32_t number) MUST_CHECK;

/*
 * The world as it was at second AT. It lives by the true one, which must not change meanwhile;
 * world_forget() frees it.
 */
struct world *world_earlier(const struct world *world, uint32_t at) MUST_CHECK;
void world_forget(struct world **earlier);

/* Takes it out of all lists, or back. */
void world_archive(struct world *world, uint32_t number, bool archived);

/* Puts a copy of TEXT in the place of its item; NULL ends that. */
void world_set_raw(struct world *world, uint32_t number, const char *text);

/* The text in the place of its item, or NULL. */
const char *world_raw(const struct world *world, uint32_t number) MUST_CHECK;

#endif
