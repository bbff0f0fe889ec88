/* SPDX-License-Identifier: MIT */
/*
 * flaw.h -- lists that are built badly.
 *
 * Filters that show nothing, or not all; rows that come twice; totals of
 * something else, or of a while ago; pages that share rows. The settings
 * choose among these. A GET shows the truth all the same, unless it is the
 * one that is late.
 */
#ifndef FLAW_H
#define FLAW_H

#include "base.h"
#include "httpd.h"
#include "page.h"
#include "views.h"
#include "workspace.h"

/* The numbers of a list that a total may be. */
struct flaw_counts {
	uint32_t conversations;
	uint32_t rows; /* more, where some come twice */
	uint32_t page; /* of them, on the page */
};

/* The filter that is heeded of the one that was asked for. */
struct views_filter flaw_filter(const struct workspace *ws, const struct views_filter *filter);

/* Whether no list with a filter is answered as it should be: then ANSWER is what there is. */
bool flaw_answers(const struct workspace *ws, const struct views_filter *filter,
		  struct httpd_answer *answer);

/* Whether rows are left out of the list, or come twice in it. */
bool flaw_touches_rows(const struct workspace *ws, const struct views_filter *filter) MUST_CHECK;

/* Whether it shows this one. */
bool flaw_shows(const struct workspace *ws, const struct views_filter *filter,
		const struct conversation *c) MUST_CHECK;

/* Lets rows come twice among the N of a list, in an array with room for twice as many. */
void flaw_repeat(const struct workspace *ws, uint32_t *rows, uint32_t *n);

/* The total that is told of a list. */
uint32_t flaw_total(struct workspace *ws, const struct views_filter *filter,
		    const struct flaw_counts *counts) MUST_CHECK;

/* Where the page begins. */
uint64_t flaw_begins(const struct workspace *ws, const struct page_meta *meta) MUST_CHECK;

#endif
