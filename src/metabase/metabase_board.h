/* SPDX-License-Identifier: MIT */
/*
 * metabase_board.h -- A dashboard: its name, and where it is found again.
 *
 * Its cards and filters are metabase_layout.h's business.
 */
#ifndef METABASE_BOARD_H
#define METABASE_BOARD_H

#include "metabase_layout.h"

/*
 * Brings the dashboard BOARD to the form in dashboards.json. CARDS stand in
 * the order of its cards there.
 */
bool metabase_board_ensure(struct metabase_run *run, const struct json_at *board,
			   int64_t collection, const struct metabase_layout_card *cards,
			   struct err *err) MUST_CHECK;

#endif
