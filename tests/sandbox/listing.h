/* SPDX-License-Identifier: MIT */
/*
 * listing.h -- GET /v1/conversations.
 */
#ifndef LISTING_H
#define LISTING_H

#include "httpd.h"
#include "workspace.h"

/* Answers with the page that the query asks for, or refuses the query. */
void listing_serve(struct workspace *ws, const struct httpd_request *request,
		   struct httpd_answer *answer);

#endif
