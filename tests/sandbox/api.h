/* SPDX-License-Identifier: MIT */
/*
 * api.h -- the documented endpoints, under /v1.
 *
 * Counts the request, holds it against the quota, lets a fault strike, and
 * has it answered. That the key is right was seen before.
 */
#ifndef API_H
#define API_H

#include "httpd.h"
#include "workspace.h"

/* Answers a request to the API with the key of this workspace. */
void api_serve(struct workspace *ws, const struct httpd_request *request,
	       struct httpd_answer *answer);

#endif
