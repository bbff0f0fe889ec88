/* SPDX-License-Identifier: MIT */
/*
 * listing.h -- GET /v1/conversations.
 */
#ifndef LISTING_H
#define LISTING_H

#include "httpd.h"
#include "page.h"
#include "workspace.h"

/* Answers with the page that the query asks for, or refuses the query. */
void listing_serve(struct workspace *ws, const struct httpd_request *request,
		   struct httpd_answer *answer);

/*
 * Reads which page is asked for, and how large; *META has the defaults. False when the answer is a
 * refusal.
 */
bool listing_read_page(const struct workspace *ws, const struct httpd_request *request,
		       struct page_meta *meta, struct httpd_answer *answer) MUST_CHECK;

#endif
