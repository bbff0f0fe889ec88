/* SPDX-License-Identifier: MIT */
/*
 * hooking.h -- Serves POST and DELETE /v1/webhooks, and the requests of tests about webhooks.
 */
#ifndef HOOKING_H
#define HOOKING_H

#include "base.h"
#include "httpd.h"
#include "json.h"
#include "workspace.h"

/* Answers POST /v1/webhooks: 201 with the webhook and, this once, its secret. */
void hooking_register(struct workspace *ws, const struct httpd_request *request,
		      struct httpd_answer *answer);

/* Answers DELETE /v1/webhooks/ID: 204. */
void hooking_remove(struct workspace *ws, const char *id, struct httpd_answer *answer);

/* Answers GET /_sandbox/webhooks. */
void hooking_show(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer);

/* Answers POST /_sandbox/event: tells one of an id, which need not exist. */
void hooking_tell(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer);

#endif
