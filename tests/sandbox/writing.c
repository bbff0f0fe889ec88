/* SPDX-License-Identifier: MIT */
#include "writing.h"

#include "birth.h"
#include "page.h"
#include "refusal.h"

/* ---- members ----------------------------------------------------------- */

/* A member that must be a string; *RET stays NULL when it is absent. */
static bool read_text(const struct json_at *object, const char *key, const char **ret,
		      struct httpd_answer *answer)
{
	struct json_at at = json_member(object, key);
	struct err err = ERR_INIT;

	if (json_kind(&at) == JSON_ABSENT || json_string(&at, ret, &err))
		return true;
	return refusal_set(answer, 400, "%s", err.text);
}

/* An id of the list, or null for nobody. The place plus 1. */
static bool read_place(const struct json_at *at, const struct catalogue_list *list, uint8_t *ret,
		       struct httpd_answer *answer)
{
	struct err err = ERR_INIT;
	const char *id;
	int place;

	if (json_kind(at) == JSON_NULL) {
		*ret = 0;
		return true;
	}
	if (!json_string(at, &id, &err))
		return refusal_set(answer, 400, "%s", err.text);
	place = catalogue_find(list, id);
	if (place < 0)
		return refusal_set(answer, 422, "%s: there is nothing with this id", at->key);
	*ret = (uint8_t)(place + 1);
	return true;
}

static bool read_status(const struct json_at *at, uint8_t *ret, struct httpd_answer *answer)
{
	struct err err = ERR_INIT;
	const char *name;

	if (!json_string(at, &name, &err))
		return refusal_set(answer, 400, "%s", err.text);
	if (!conversation_status_parse(name, ret))
		return refusal_set(answer, 422,
				   "status must be open, pending, resolved or snoozed");
	return true;
}

static bool read_labels(struct catalogue *catalogue, const struct json_at *at, uint32_t *ret,
			struct httpd_answer *answer)
{
	struct err err = ERR_INIT;
	uint32_t labels = 0;

	if (json_kind(at) != JSON_ARRAY)
		return refusal_set(answer, 400, "labels must be a list of names");
	for (size_t i = 0; i < json_length(at); i++) {
		struct json_at element = json_element(at, i);
		const char *name;
		int place;

		if (!json_string(&element, &name, &err))
			return refusal_set(answer, 400, "%s", err.text);
		place = catalogue_label(catalogue, name);
		if (place < 0)
			return refusal_set(
				answer, 422,
				"labels: a name has 1 to %d bytes, and there are at most %d",
				CATALOGUE_LONGEST_LABEL, CATALOGUE_MOST_LABELS);
		labels |= 1u << place;
	}
	*ret = labels;
	return true;
}

bool writing_read_state(struct workspace *ws, const struct json_at *at,
			struct conversation_state *state, bool *any, struct httpd_answer *answer)
{
	struct catalogue *catalogue = &ws->world->catalogue;
	struct json_at status = json_member(at, "status");
	struct json_at assignee = json_member(at, "assignee_id");
	struct json_at team = json_member(at, "team_id");
	struct json_at labels = json_member(at, "labels");

	*any = !status.absent || !assignee.absent || !team.absent || !labels.absent;
	if (!status.absent && !read_status(&status, &state->status, answer))
		return false;
	if (!assignee.absent &&
	    !read_place(&assignee, &catalogue->agents, &state->assignee, answer))
		return false;
	if (!team.absent && !read_place(&team, &catalogue->teams, &state->team, answer))
		return false;
	return labels.absent || read_labels(catalogue, &labels, &state->labels, answer);
}

/* ---- requests ---------------------------------------------------------- */

/* The body as an object. NULL with a refusal. */
static struct json *read_body(struct workspace *ws, const struct httpd_request *request,
			      struct httpd_answer *answer)
{
	struct err err = ERR_INIT;
	struct json *json = workspace_parse(ws, request->body, request->body_len, &err);
	struct json_at root;

	if (!json) {
		refusal_set(answer, 400, "the body is not JSON: %s", err.text);
		return NULL;
	}
	root = json_root(json);
	if (json_kind(&root) != JSON_OBJECT) {
		refusal_set(answer, 400, "the body must be an object");
		json_free(&json);
	}
	return json;
}

/* The message is not kept, but must be one. */
static bool check_message(const struct json_at *root, struct httpd_answer *answer)
{
	struct json_at message = json_member(root, "message");
	struct json_at content, template_id;

	if (message.absent)
		return true;
	content = json_member(&message, "content");
	template_id = json_member(&message, "template_id");
	if (json_kind(&content) != JSON_STRING && json_kind(&template_id) != JSON_STRING)
		return refusal_set(answer, 400,
				   "message must be an object with content or template_id");
	return true;
}

/* The members of a POST. */
struct outbound {
	uint32_t contact;
	uint8_t channel;
	struct conversation_state state;
};

static bool read_outbound(struct workspace *ws, const struct json_at *root, struct outbound *ret,
			  struct httpd_answer *answer)
{
	const struct world *world = ws->world;
	struct json_at assignee = json_member(root, "assignee_id");
	const char *contact = NULL, *channel = NULL;
	int place;

	if (!read_text(root, "contact_id", &contact, answer) ||
	    !read_text(root, "channel_id", &channel, answer) || !check_message(root, answer))
		return false;
	if (!contact || !channel)
		return refusal_set(answer, 400, "contact_id and channel_id are required");
	if (!ident_read(contact, world->tag, IDENT_CONTACT, &ret->contact) ||
	    ret->contact >= world->contacts)
		return refusal_set(answer, 422, "contact_id: there is no such contact");
	place = catalogue_find(&world->catalogue.channels, channel);
	if (place < 0)
		return refusal_set(answer, 422, "channel_id: there is no such channel");
	ret->channel = (uint8_t)place;
	return assignee.absent ||
	       read_place(&assignee, &world->catalogue.agents, &ret->state.assignee, answer);
}

void writing_create(struct workspace *ws, const struct httpd_request *request,
		    struct httpd_answer *answer)
{
	CLEANUP(json_free) struct json *json = read_body(ws, request, answer);
	struct outbound asked = { .state = { .status = STATUS_OPEN } };
	struct change change = { .kind = CHANGE_BIRTH, .into = WORLD_NOBODY };
	struct json_at root;

	if (!json)
		return;
	root = json_root(json);
	if (!read_outbound(ws, &root, &asked, answer))
		return;
	change.at = (uint32_t)calendar_now(ws->calendar);
	change.number =
		birth_outbound(ws->world, asked.contact, asked.channel, &asked.state, change.at);
	workspace_change(ws, &change, 0);
	answer->status = 201;
	page_single(&answer->body, ws->world, change.number);
}

void writing_update(struct workspace *ws, const struct httpd_request *request, const char *id,
		    struct httpd_answer *answer)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct change change = { .kind = CHANGE_STATE, .into = WORLD_NOBODY };
	struct json_at root;
	bool any;

	change.number = world_follow(ws->world, world_find(ws->world, id));
	if (change.number == WORLD_NOBODY) {
		refusal_set(answer, 404, "there is no such conversation");
		return;
	}
	json = read_body(ws, request, answer);
	if (!json)
		return;
	root = json_root(json);
	changes_settle(ws->changes, change.number);
	change.to = ws->world->all[change.number].state;
	if (!writing_read_state(ws, &root, &change.to, &any, answer))
		return;
	change.at = (uint32_t)calendar_now(ws->calendar);
	if (any)
		workspace_change(ws, &change, 0);
	page_single(&answer->body, ws->world, change.number);
}
