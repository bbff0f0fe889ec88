/* SPDX-License-Identifier: MIT */
/*
 * talks.h -- the reading of messages against a model of the API and of the warehouse.
 *
 * Conversations to which messages are added, at the end, late or not at all,
 * and from which some vanish; pages of a size that the server chooses; cycles
 * that make way, and processes that die. After every commit what was read
 * whole has to equal the list, and at the end all of it has to.
 *
 * talks_play() tells stories of messages alone. The other functions are for
 * a story that has conversations as well (whole.h): it says what happens,
 * and when. Conversations are counted from 0; times are microseconds.
 */
#ifndef TALKS_H
#define TALKS_H

#include "workspace_state.h"

#define TALKS_MOST 400

/* Plays one story. False with *WRONG, which lives until the next one. */
bool talks_play(uint64_t seed, const char **wrong);

/*
 * Begins without any conversation. Between two actions of a cycle MEANWHILE is called now and then,
 * for whatever else happens. MOVES: a message moves updated_at.
 */
void talks_begin(uint64_t seed, void (*meanwhile)(void), bool moves);

/* N messages more at the end of the I-th list. */
void talks_say(int i, int n, int64_t now);

/* How many messages there are. */
int talks_said(int i);

/* The API does not have the conversation any more. */
void talks_vanish(int i);

/* The merge of conversations has changed the I-th, */
void talks_merged(int i, int64_t changed, bool unresolved);

/* or has held it as deleted. */
void talks_deleted(int i);

/* Somebody said that it has a message. */
void talks_due(int i);

/* From now on nothing fails and nothing dies. */
void talks_rest(void);

/* Time goes by. */
void talks_now(int64_t now);

/*
 * One cycle of messages, with the workspace in STATE. TRUSTED: its instants hold what they say.
 * *WHOLE: it came to its end, and nothing was left to read. False when something is wrong.
 */
bool talks_cycle(const struct workspace_state *state, int64_t now, bool trusted, bool *whole);

/* Whether at least so many messages are held, or its list is left alone for a while. */
bool talks_has(int i, int n);

/* Whether all that is held of it is all that there is. */
bool talks_equal(int i);

/* Requests so far. */
long talks_requests(void);

/* What is wrong; "" while nothing is. */
const char *talks_wrong(void);

#endif
