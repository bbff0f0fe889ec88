/* SPDX-License-Identifier: MIT */
/*
 * mbcard.h -- the cards: queries in SQL with filters.
 *
 * Each is a file of SQL and an entry in dashboards.json, which says how it
 * is drawn and which columns its filters stand for.
 */
#ifndef MBCARD_H
#define MBCARD_H

#include "mbobject.h"

/* Where a card belongs: to an entry of dashboards.json, and into a collection. */
struct mbcard_home {
	const struct json_at *board;
	int64_t collection;
};

/*
 * Brings the card CARD to what dashboards.json and its file say, and runs it
 * once when it was written.
 */
bool mbcard_ensure(struct mbrun *run, const struct mbcard_home *home, const struct json_at *card,
		   struct mbresult *ret, struct err *err) MUST_CHECK;

/* The number of TABLE.COLUMN's field in Metabase's catalogue; 0 when it does not know it. */
int64_t mbcard_field(const struct mbrun *run, const char *table, const char *column) MUST_CHECK;

/* The field itself; absent when Metabase does not know it. ROOM holds the places on the way. */
struct mbcard_place {
	struct json_at root, tables, table, fields, field;
};
bool mbcard_find_field(const struct mbrun *run, const char *table, const char *column,
		       struct mbcard_place *place) MUST_CHECK;

#endif
