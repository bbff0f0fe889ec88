/* SPDX-License-Identifier: MIT */
#include "changes.h"

#include <string.h>

#include "mem.h"

struct awaited {
	struct change change;
	int64_t due;
};

struct changes {
	struct world *world;
	struct views *views;
	struct awaited *awaited; /* by `due` */
	uint32_t n, room;
	uint64_t made;
};

struct changes *changes_new(struct world *world, struct views *views)
{
	struct changes *changes = mem_new(sizeof(*changes));

	changes->world = world;
	changes->views = views;
	return changes;
}

void changes_free(struct changes **changes)
{
	if (!*changes)
		return;
	mem_free(&(*changes)->awaited);
	mem_free(changes);
}

void changes_set_views(struct changes *changes, struct views *views)
{
	changes->views = views;
}

static void die(struct world *world, struct conversation *c, const struct change *change)
{
	c->flags |= CONVERSATION_GONE;
	world_depart(world, &(struct world_departure){ .number = change->number,
						       .at = change->at,
						       .into = change->into });
}

static void loop_into(struct world *world, struct conversation *c, const struct change *change)
{
	struct conversation_state before = c->state;

	c->state = change->to;
	if (c->state.team)
		c->flags |= CONVERSATION_TEAM;
	if (!change->silent && change->at > c->updated)
		c->updated = change->at;
	c->rank = ++world->rank;
	if (!conversation_state_same(&before, &c->state))
		world_remember(world, change->number, &before, change->at, change->silent);
}

static void apply(struct changes *changes, const struct change *change)
{
	struct world *world = changes->world;
	struct conversation *c = &world->all[change->number];

	views_leave(changes->views, change->number);
	world_keep(world, change->number, change->at);
	c->flags &= (uint8_t) ~(CONVERSATION_HIDDEN | CONVERSATION_AWAITED);
	switch (change->kind) {
	case CHANGE_STATE:
		loop_into(world, c, change);
		break;
	case CHANGE_BIRTH:
		world_remember(world, change->number, NULL, c->created, false);
		break;
	case CHANGE_DEATH:
		die(world, c, change);
		break;
	case CHANGE_BACK:
		c->updated = change->at;
		break;
	}
	views_enter(changes->views, change->number);
}

static struct change take(struct changes *changes, uint32_t i)
{
	struct change change = changes->awaited[i].change;

	changes->n--;
	memmove(&changes->awaited[i], &changes->awaited[i + 1],
		(changes->n - i) * sizeof(*changes->awaited));
	return change;
}

void changes_settle(struct changes *changes, uint32_t number)
{
	if (!(changes->world->all[number].flags & CONVERSATION_AWAITED))
		return;
	for (uint32_t i = 0; i < changes->n; i++) {
		if (changes->awaited[i].change.number == number) {
			struct change change = take(changes, i);

			apply(changes, &change);
			return;
		}
	}
}

void changes_make(struct changes *changes, const struct change *change)
{
	changes->made++;
	apply(changes, change);
}

void changes_make_later(struct changes *changes, const struct change *change, int64_t due)
{
	uint32_t i = changes->n;

	if (changes->n == changes->room) {
		changes->room += changes->room / 2 + 64;
		changes->awaited =
			mem_grow(changes->awaited, changes->room * sizeof(*changes->awaited));
	}
	while (i > 0 && changes->awaited[i - 1].due > due)
		i--;
	memmove(&changes->awaited[i + 1], &changes->awaited[i],
		(changes->n - i) * sizeof(*changes->awaited));
	changes->awaited[i] = (struct awaited){ .change = *change, .due = due };
	changes->n++;
	changes->made++;
	changes->world->all[change->number].flags |= CONVERSATION_AWAITED;
}

void changes_catch_up(struct changes *changes, int64_t now)
{
	uint32_t due = 0;

	while (due < changes->n && changes->awaited[due].due <= now)
		apply(changes, &changes->awaited[due++].change);
	if (due == 0)
		return;
	changes->n -= due;
	memmove(changes->awaited, changes->awaited + due, changes->n * sizeof(*changes->awaited));
}

uint64_t changes_made(const struct changes *changes)
{
	return changes->made;
}

uint32_t changes_awaited(const struct changes *changes)
{
	return changes->n;
}
