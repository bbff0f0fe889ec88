/* SPDX-License-Identifier: MIT */
/*
 * metabase_card.h -- The cards: queries in SQL with filters.
 *
 * Each is a file of SQL and an entry in dashboards.json, which says how it
 * is drawn and which columns its filters stand for. Metabase numbers a card
 * and gives it an id as it likes; so its SQL begins with a comment that names
 * it and tells how all of it was when we wrote it. By that it is found again
 * and known to be untouched, though either side forgot it.
 */
#ifndef METABASE_CARD_H
#define METABASE_CARD_H

#include "metabase_object.h"

/* Where a card belongs: to an entry of dashboards.json, and into a collection. */
struct metabase_card_home {
	const struct json_at *board;
	int64_t collection;
};

/*
 * Brings the card CARD to the form that dashboards.json and its file have, and runs it once when it
 * was written.
 */
bool metabase_card_ensure(struct metabase_run *run, const struct metabase_card_home *home,
			  const struct json_at *card, struct metabase_result *ret,
			  struct err *err) MUST_CHECK;

/* *RET tells whether there are cards with our mark that ask our database. */
bool metabase_card_any(struct metabase_run *run, bool *ret, struct err *err) MUST_CHECK;

/* The collection in which the marked cards of BOARD lie; 0 where that is not known. */
int64_t metabase_card_home(const struct metabase_run *run, const struct json_at *board) MUST_CHECK;

/* The number of TABLE.COLUMN's field in Metabase's catalogue; 0 when it does not know it. */
int64_t metabase_card_field(const struct metabase_run *run, const char *table,
			    const char *column) MUST_CHECK;

/* The field itself; absent when Metabase does not know it. ROOM holds the places on the way. */
struct metabase_card_place {
	struct json_at root, tables, table, fields, field;
};
bool metabase_card_find_field(const struct metabase_run *run, const char *table, const char *column,
			      struct metabase_card_place *place) MUST_CHECK;

#endif
