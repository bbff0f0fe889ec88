/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <string.h>

#include "mem.h"

struct world *world_new(const char *key, uint64_t seed, uint32_t start, uint32_t room)
{
	struct world *world = mem_new(sizeof(*world));

	world->seed = seed;
	world->tag = ident_tag(key, seed);
	world->start = start;
	world->room = room;
	world->all = mem_new(room * sizeof(*world->all));
	world->n_past = 1;
	catalogue_init(&world->catalogue, world->tag);
	return world;
}

void world_free(struct world **world)
{
	struct world *w = *world;

	if (!w)
		return;
	for (uint32_t i = 0; i < w->n_raws; i++)
		mem_free(&w->raws[i].text);
	mem_free(&w->raws);
	mem_free(&w->copies);
	mem_free(&w->departures);
	mem_free(&w->past);
	mem_free(&w->all);
	catalogue_done(&w->catalogue);
	mem_free(world);
}

/* P, an array of elements of SIZE bytes, moved where one more fits behind the first N. */
static void *room_for(void *p, uint32_t n, uint32_t *room, size_t size)
{
	if (n < *room)
		return p;
	*room = *room + *room / 4 + 16;
	return mem_grow(p, *room * size);
}

uint32_t world_add(struct world *world, const struct conversation *conversation)
{
	world->all = room_for(world->all, world->n, &world->room, sizeof(*world->all));
	world->all[world->n] = *conversation;
	world->all[world->n].rank = ++world->rank;
	return world->n++;
}

uint32_t world_find(const struct world *world, const char *id)
{
	uint32_t number;

	if (!ident_read(id, world->tag, IDENT_CONVERSATION, &number) || number >= world->n)
		return WORLD_NOBODY;
	return number;
}

static uint32_t merged_into(const struct world *world, uint32_t number)
{
	for (uint32_t i = world->n_departures; i > 0; i--)
		if (world->departures[i - 1].number == number)
			return world->departures[i - 1].into;
	return WORLD_NOBODY;
}

uint32_t world_follow(const struct world *world, uint32_t number)
{
	while (number != WORLD_NOBODY && !conversation_listed(&world->all[number]))
		number = merged_into(world, number);
	return number;
}

static uint32_t add_past(struct world *world, const struct world_past *entry)
{
	world->past = room_for(world->past, world->n_past, &world->past_room, sizeof(*world->past));
	world->past[world->n_past] = *entry;
	return world->n_past++;
}

void world_remember(struct world *world, uint32_t number, const struct conversation_state *before,
		    uint32_t at, bool silent)
{
	struct conversation *c = &world->all[number];

	if (!c->history && before)
		c->history = add_past(world,
				      &(struct world_past){ .at = world->start, .state = *before });
	c->history = add_past(world, &(struct world_past){ .at = at,
							   .before = c->history,
							   .state = c->state,
							   .silent = silent });
}

void world_depart(struct world *world, const struct world_departure *departure)
{
	uint32_t n = world->n_departures++;

	world->departures =
		room_for(world->departures, n, &world->departures_room, sizeof(*world->departures));
	world->departures[n] = *departure;
}

void world_keep(struct world *world, uint32_t number, uint32_t at)
{
	uint32_t n = world->n_copies++;

	world->copies = room_for(world->copies, n, &world->copies_room, sizeof(*world->copies));
	world->copies[n] = (struct world_copy){ number, at, world->all[number] };
}

const struct conversation *world_former(const struct world *world, uint32_t number)
{
	for (uint32_t i = world->n_copies; i > 0; i--)
		if (world->copies[i - 1].number == number &&
		    conversation_listed(&world->copies[i - 1].was))
			return &world->copies[i - 1].was;
	return NULL;
}

struct world *world_earlier(const struct world *world, uint32_t at)
{
	struct world *earlier = mem_new(sizeof(*earlier));

	*earlier = *world;
	earlier->all = mem_new(world->n * sizeof(*earlier->all));
	memcpy(earlier->all, world->all, world->n * sizeof(*earlier->all));
	for (uint32_t i = world->n_copies; i > 0; i--)
		if (world->copies[i - 1].until > at)
			earlier->all[world->copies[i - 1].number] = world->copies[i - 1].was;
	return earlier;
}

void world_forget(struct world **earlier)
{
	if (!*earlier)
		return;
	mem_free(&(*earlier)->all);
	mem_free(earlier);
}

static void forget_raw(struct world *world, uint32_t number)
{
	for (uint32_t i = 0; i < world->n_raws; i++) {
		if (world->raws[i].number == number) {
			mem_free(&world->raws[i].text);
			world->raws[i] = world->raws[--world->n_raws];
			return;
		}
	}
}

void world_archive(struct world *world, uint32_t number, bool archived)
{
	struct conversation *c = &world->all[number];
	bool was = c->flags & CONVERSATION_ARCHIVED;

	c->flags ^= was == archived ? 0 : CONVERSATION_ARCHIVED;
	world->n_archived += (uint32_t)(archived - was);
}

void world_set_raw(struct world *world, uint32_t number, const char *text)
{
	forget_raw(world, number);
	world->all[number].flags &= (uint8_t)~CONVERSATION_RAW;
	if (!text)
		return;
	world->raws = mem_grow(world->raws, (world->n_raws + 1) * sizeof(*world->raws));
	world->raws[world->n_raws++] = (struct world_raw){ number, mem_text(text, strlen(text)) };
	world->all[number].flags |= CONVERSATION_RAW;
}

const char *world_raw(const struct world *world, uint32_t number)
{
	if (!(world->all[number].flags & CONVERSATION_RAW))
		return NULL;
	for (uint32_t i = 0; i < world->n_raws; i++)
		if (world->raws[i].number == number)
			return world->raws[i].text;
	return NULL;
}
