/* SPDX-License-Identifier: MIT */
/*
 * mbboard.h -- a dashboard and where its cards lie.
 *
 * Metabase replaces all that lies on a dashboard by what is sent, so what
 * is there is read first: a card that lies there keeps its number (links and
 * subscriptions hold on to it), and what somebody else put there stays.
 */
#ifndef MBBOARD_H
#define MBBOARD_H

#include "mbobject.h"

/* A card that belongs on a dashboard. */
struct mbboard_card {
	int64_t id; /* 0: it is not to be shown */
	bool made;  /* in this run */
};

/*
 * Brings the dashboard BOARD to what dashboards.json says. CARDS stand in
 * the order of its cards there. On a dashboard that somebody edited nothing is
 * moved; cards that were made in this run are added.
 */
bool mbboard_ensure(struct mbrun *run, const struct json_at *board, int64_t collection,
		    const struct mbboard_card *cards, struct err *err) MUST_CHECK;

#endif
