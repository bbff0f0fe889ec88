/* SPDX-License-Identifier: MIT */
/*
 * talking.h -- serves messages: to the API's users, and to tests.
 */
#ifndef TALKING_H
#define TALKING_H

#include "httpd.h"
#include "json.h"
#include "workspace.h"

/* GET /conversations/{id}/messages */
void talking_serve(struct workspace *ws, const struct httpd_request *request, const char *id,
		   struct httpd_answer *answer);

/* GET /_sandbox/messages: those of every conversation that lists show. */
void talking_dump(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer);

/*
 * POST /_sandbox/message: somebody writes in a conversation, or a message is removed from it by its
 * place.
 */
void talking_demand(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer);

#endif
