/* SPDX-License-Identifier: MIT */
#include "demand.h"

#include <string.h>

#include "birth.h"
#include "json_writer.h"
#include "member.h"
#include "refusal.h"
#include "writing.h"

#define MOST_AT_ONCE 1000000
#define LONGEST_PAST 315360000

/* The demand of a test. */
struct demand {
	const char *kind;
	const struct json_at *at;
	uint32_t number; /* of `id`, or WORLD_NOBODY */
	uint32_t into;	 /* likewise */
	int64_t n, seconds, late;
	bool silent;
	uint32_t now;
	struct json_writer ids;
};

/* ---- reading ----------------------------------------------------------- */

/* An id of a conversation that lists show. */
static bool read_id(struct workspace *ws, const struct json_at *at, const char *key, uint32_t *ret,
		    struct httpd_answer *answer)
{
	struct err err = ERR_INIT;
	const char *id = NULL;

	*ret = WORLD_NOBODY;
	if (!member_text(at, key, &id, &err))
		return refusal_set(answer, 400, "%s", err.text);
	if (!id)
		return true;
	*ret = world_find(ws->world, id);
	if (*ret == WORLD_NOBODY || !conversation_listed(&ws->world->all[*ret]))
		return refusal_set(answer, 404, "%s: there is no such conversation", key);
	return true;
}

static bool read_demand(struct workspace *ws, struct demand *d, struct httpd_answer *answer)
{
	static const char *const known[] = {
		"kind",	  "id",	    "n",	   "into",    "seconds", "late",
		"silent", "status", "assignee_id", "team_id", "labels",	 NULL,
	};
	struct err err = ERR_INIT;

	d->n = 1;
	if (!member_all_known(d->at, known, &err) || !member_text(d->at, "kind", &d->kind, &err) ||
	    !member_int(d->at, "n", (struct member_range){ 1, MOST_AT_ONCE }, &d->n, &err) ||
	    !member_int(d->at, "seconds", (struct member_range){ 0, LONGEST_PAST }, &d->seconds,
			&err) ||
	    !member_int(d->at, "late", (struct member_range){ 0, LONGEST_PAST }, &d->late, &err) ||
	    !member_bool(d->at, "silent", &d->silent, &err))
		return refusal_set(answer, 400, "%s", err.text);
	if (!d->kind)
		return refusal_set(answer, 400, "a kind of change is needed");
	return read_id(ws, d->at, "id", &d->number, answer) &&
	       read_id(ws, d->at, "into", &d->into, answer);
}

/* ---- making ------------------------------------------------------------ */

static void make(struct workspace *ws, struct demand *d, const struct change *change)
{
	char id[IDENT_SIZE];

	workspace_change(ws, change, d->late);
	ident_write(ws->world->tag, IDENT_CONVERSATION, change->number, id);
	json_writer_string(&d->ids, id);
}

/* The change takes its state from the demand, where that has something to say. */
static bool make_of(struct workspace *ws, struct demand *d, struct change *change,
		    struct httpd_answer *answer)
{
	bool any;

	change->at = d->now;
	change->silent |= d->silent;
	if (!writing_read_state(ws, d->at, &change->to, &any, answer))
		return false;
	make(ws, d, change);
	return true;
}

static bool make_drift(struct workspace *ws, struct demand *d, enum drift_kind kind,
		       struct httpd_answer *answer)
{
	struct change change;

	if (d->number != WORLD_NOBODY && kind != DRIFT_CREATE) {
		changes_settle(ws->changes, d->number);
		change = drift_make_of(ws->world, &ws->chance, kind, d->number);
		return make_of(ws, d, &change, answer);
	}
	for (int64_t i = 0; i < d->n; i++) {
		if (!drift_make(ws->world, &ws->chance, kind, d->now, &change))
			break;
		if (kind == DRIFT_CREATE)
			make(ws, d, &change);
		else if (!make_of(ws, d, &change, answer))
			return false;
	}
	return true;
}

static bool make_set(struct workspace *ws, struct demand *d, struct httpd_answer *answer)
{
	struct change change = { .kind = CHANGE_STATE, .number = d->number, .into = WORLD_NOBODY };

	if (d->number == WORLD_NOBODY)
		return refusal_set(answer, 400, "set: an id is needed");
	changes_settle(ws->changes, d->number);
	change.to = ws->world->all[d->number].state;
	return make_of(ws, d, &change, answer);
}

static bool make_backdated(struct workspace *ws, struct demand *d, struct httpd_answer *answer)
{
	uint32_t then = (uint32_t)max_i64((int64_t)d->now - d->seconds, 0);

	(void)answer;
	for (int64_t i = 0; i < d->n; i++) {
		struct change change = { .kind = CHANGE_BIRTH, .at = then, .into = WORLD_NOBODY };

		change.number = birth_inbound(ws->world, &ws->chance, then);
		make(ws, d, &change);
	}
	return true;
}

/* One is restored, or put right by hand: its updated_at goes back, and it is as it was. */
static bool make_set_back(struct workspace *ws, struct demand *d, struct httpd_answer *answer)
{
	const struct conversation *c;
	struct change change = { .kind = CHANGE_BACK, .number = d->number, .into = WORLD_NOBODY };

	if (d->number == WORLD_NOBODY)
		return refusal_set(answer, 400, "set_back: an id is needed");
	changes_settle(ws->changes, d->number);
	c = &ws->world->all[d->number];
	change.to = c->state;
	change.at = (uint32_t)max_i64((int64_t)c->updated - d->seconds, c->created);
	make(ws, d, &change);
	return true;
}

static bool make_merge(struct workspace *ws, struct demand *d, struct httpd_answer *answer)
{
	struct change change = {
		.kind = CHANGE_DEATH, .number = d->number, .at = d->now, .into = d->into
	};

	if (d->number == WORLD_NOBODY || d->into == WORLD_NOBODY || d->number == d->into)
		return refusal_set(answer, 400,
				   "merge: two different conversations are needed, id and into");
	changes_settle(ws->changes, d->number);
	changes_settle(ws->changes, d->into);
	make(ws, d, &change);
	return true;
}

/* Out of all lists, or back; nothing else about it changes. */
static bool make_archived(struct workspace *ws, struct demand *d, struct httpd_answer *answer)
{
	bool archived = strcmp(d->kind, "archive") == 0;
	const struct world *world = ws->world;
	char id[IDENT_SIZE];
	int64_t left = d->n;

	(void)answer;
	for (uint32_t i = 0; i < world->n && left > 0; i++) {
		const struct conversation *c = &world->all[i];

		if (d->number != WORLD_NOBODY ? i != d->number : c->state.status != STATUS_RESOLVED)
			continue;
		if (!conversation_listed(c) || !(c->flags & CONVERSATION_ARCHIVED) != archived)
			continue;
		world_archive(ws->world, i, archived);
		ident_write(world->tag, IDENT_CONVERSATION, i, id);
		json_writer_string(&d->ids, id);
		left--;
	}
	return true;
}

static bool make_demanded(struct workspace *ws, struct demand *d, struct httpd_answer *answer)
{
	static const struct {
		const char *name;
		bool (*make)(struct workspace *ws, struct demand *d, struct httpd_answer *answer);
	} special[] = {
		{ "set", make_set },	       { "backdate", make_backdated },
		{ "set_back", make_set_back }, { "merge", make_merge },
		{ "archive", make_archived },  { "unarchive", make_archived },
	};
	enum drift_kind kind;

	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (strcmp(d->kind, special[i].name) == 0)
			return special[i].make(ws, d, answer);
	if (!drift_parse(d->kind, &kind))
		return refusal_set(answer, 400, "kind: there is no kind of change \"%s\"", d->kind);
	return make_drift(ws, d, kind, answer);
}

void demand_serve(struct workspace *ws, const struct json_at *at, struct httpd_answer *answer)
{
	struct demand d = { .at = at,
			    .now = (uint32_t)calendar_now(ws->calendar),
			    .ids = JSON_WRITER_TO(&answer->body) };

	if (!read_demand(ws, &d, answer))
		return;
	json_writer_open(&d.ids, '{');
	json_writer_key(&d.ids, "ids");
	json_writer_open(&d.ids, '[');
	if (!make_demanded(ws, &d, answer))
		return;
	json_writer_close(&d.ids, ']');
	json_writer_close(&d.ids, '}');
}
