/* SPDX-License-Identifier: MIT */
/*
 * metabase_board.h -- A dashboard and the places of its cards.
 *
 * Metabase replaces all cards of a dashboard by those that are sent, so the
 * present ones are read first: a card that lies there keeps its number (links
 * and subscriptions hold on to it), and cards that somebody else put there
 * stay.
 */
#ifndef METABASE_BOARD_H
#define METABASE_BOARD_H

#include "metabase_object.h"

/* A card that belongs on a dashboard. */
struct metabase_board_card {
	int64_t id; /* 0: it is not to be shown */
	bool made;  /* in this run */
};

/*
 * Brings the dashboard BOARD to the form that dashboards.json has. CARDS stand
 * in the order of its cards there. On a dashboard that somebody edited nothing
 * is moved; cards that were made in this run are added.
 */
bool metabase_board_ensure(struct metabase_run *run, const struct json_at *board,
			   int64_t collection, const struct metabase_board_card *cards,
			   struct err *err) MUST_CHECK;

#endif
