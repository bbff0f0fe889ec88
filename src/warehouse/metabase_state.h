/* SPDX-License-Identifier: MIT */
/*
 * metabase_state.h -- Remembers in the warehouse which objects were put into
 * a Metabase.
 *
 * A row for each object: its number there, a hash of each part that was sent,
 * and one of each part as Metabase showed it after that. Written right after
 * each object, so that a run that is cut off is gone on with by the next.
 */
#ifndef METABASE_STATE_H
#define METABASE_STATE_H

#include "base.h"
#include "err.h"
#include "pg.h"

struct metabase_state;

struct metabase_state_row {
	int64_t id;	  /* 0: nothing is remembered */
	const char *sent; /* "name=1f... display=9c...": hashes of the parts that were sent */
	const char *seen; /* likewise, of the parts that Metabase showed after that */
};

/* Reads the remembered objects of the Metabase at URL. NULL with the database's error. */
struct metabase_state *metabase_state_open(struct pg *pg, const char *url,
					   struct err *err) MUST_CHECK;
void metabase_state_free(struct metabase_state **state);

/* The object remembered under KEY; it lives as long as the state. */
struct metabase_state_row metabase_state_find(const struct metabase_state *state,
					      const char *key) MUST_CHECK;

/* Remembers ROW under KEY. */
bool metabase_state_put(struct metabase_state *state, const char *key,
			const struct metabase_state_row *row, struct err *err) MUST_CHECK;

/* Forgets KEY. */
bool metabase_state_drop(struct metabase_state *state, const char *key, struct err *err) MUST_CHECK;

/* The I-th key of those remembered when it was opened, or NULL behind the last one. */
const char *metabase_state_key(const struct metabase_state *state, int i) MUST_CHECK;

#endif
