/* SPDX-License-Identifier: MIT */
/*
 * writing.h -- Serves POST and PATCH, the changes of clients.
 *
 * A body that is not JSON, lacks a required member or has one of the wrong type
 * is a bad request; one that names a thing that does not exist fails the
 * validation. Members that the reference does not know are ignored.
 */
#ifndef WRITING_H
#define WRITING_H

#include "base.h"
#include "httpd.h"
#include "json.h"
#include "workspace.h"

/* Answers POST /v1/conversations: 201 with the new conversation. */
void writing_create(struct workspace *ws, const struct httpd_request *request,
		    struct httpd_answer *answer);

/* Answers PATCH /v1/conversations/ID. */
void writing_update(struct workspace *ws, const struct httpd_request *request, const char *id,
		    struct httpd_answer *answer);

/*
 * Puts those members of an object into a state that PATCH knows: status,
 * assignee_id, team_id, labels. *ANY tells whether there were some. False
 * with a refusal, and STATE may then have changed in part.
 */
bool writing_read_state(struct workspace *ws, const struct json_at *at,
			struct conversation_state *state, bool *any,
			struct httpd_answer *answer) MUST_CHECK;

#endif
