/* SPDX-License-Identifier: MIT */
/*
 * metabase_layout.h -- The cards, texts and filters of a dashboard.
 *
 * A dashboard's cards are replaced as a whole, so they are read first: a card
 * that lies there keeps its number (links and subscriptions hold on to it) and
 * its tab, a card of another person stays, and one that a person took away
 * stays away. Place, settings, filters and further series of each card are kept
 * up one by one, as the parts of objects are.
 */
#ifndef METABASE_LAYOUT_H
#define METABASE_LAYOUT_H

#include "metabase_object.h"

/* A card that belongs on a dashboard. */
struct metabase_layout_card {
	int64_t id; /* 0: it is not to be shown */
	bool made;  /* in this run */
};

/* A filter of dashboards.json as Metabase wants it, in the language of RUN. */
void metabase_layout_write_filters(const struct metabase_run *run, const struct json_at *board,
				   struct buf *out);

/* A dashboard that is there. */
struct metabase_layout {
	const struct json_at *board;		  /* its entry in dashboards.json */
	const struct metabase_layout_card *cards; /* of the entry's cards */
	int64_t id;				  /* its number */
	const char *what;			  /* for people */
	bool made;				  /* in this run: nothing lies on it yet */
};

/* Lays out the wanted cards, and remembers each part. */
bool metabase_layout_ensure(struct metabase_run *run, const struct metabase_layout *layout,
			    struct err *err) MUST_CHECK;

#endif
