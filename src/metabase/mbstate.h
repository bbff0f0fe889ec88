/* SPDX-License-Identifier: MIT */
/*
 * mbstate.h -- what was put into a Metabase, remembered in the warehouse.
 *
 * A row for each object: its number there, a hash of what was sent, and
 * one of what Metabase showed after that. Written right after each object, so
 * that a run that is cut off is gone on with by the next.
 */
#ifndef MBSTATE_H
#define MBSTATE_H

#include "base.h"
#include "buf.h"
#include "err.h"
#include "pg.h"

struct mbstate;

struct mbstate_row {
	int64_t id;	  /* 0: nothing is remembered */
	const char *spec; /* hash of what was sent */
	const char *seen; /* hash of what Metabase showed after that */
};

/* Reads what is remembered of the Metabase at URL. NULL with the database's error. */
struct mbstate *mbstate_open(struct pg *pg, const char *url, struct err *err) MUST_CHECK;
void mbstate_free(struct mbstate **state);

/* What is remembered under KEY; lives as long as the state. */
struct mbstate_row mbstate_find(const struct mbstate *state, const char *key) MUST_CHECK;

/* Remembers ROW under KEY. */
bool mbstate_put(struct mbstate *state, const char *key, const struct mbstate_row *row,
		 struct err *err) MUST_CHECK;

/* Forgets KEY. */
bool mbstate_drop(struct mbstate *state, const char *key, struct err *err) MUST_CHECK;

/* The I-th key of those remembered when it was opened, or NULL behind the last one. */
const char *mbstate_key(const struct mbstate *state, int i) MUST_CHECK;

/* The hash of TEXT, written to TO. */
bool mbstate_hash(struct mbstate *state, const struct buf *text, char to[65],
		  struct err *err) MUST_CHECK;

#endif
