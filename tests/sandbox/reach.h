/* SPDX-License-Identifier: MIT */
/*
 * reach.h -- Decides how far the lists reach, and which conversations they
 * leave out.
 *
 * Real lists stop at a depth, leave a status out, show recent changes only,
 * or hide archived conversations. The settings choose among these; a GET knows every
 * conversation all the same.
 */
#ifndef REACH_H
#define REACH_H

#include "base.h"
#include "httpd.h"
#include "page.h"
#include "views.h"
#include "workspace.h"

/* Rows of a page: room for so many as were asked for, and how many there are. */
struct reach_rows {
	uint32_t *numbers;
	uint32_t n;
};

/*
 * The page that META asks for, of the list with this filter: up to META->per_page ROWS, and
 * the list's length in META->total. False when the page is refused, which ANSWER then says.
 */
bool reach_page(struct workspace *ws, const struct views_filter *filter, struct page_meta *meta,
		struct reach_rows *rows, struct httpd_answer *answer) MUST_CHECK;

#endif
