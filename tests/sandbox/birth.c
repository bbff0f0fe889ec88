/* SPDX-License-Identifier: MIT */
#include "birth.h"

#include "people.h"
#include "rhythm.h"

/* Sets decisions at birth apart from all others that grow from the same seed. */
#define BIRTHS UINT64_C(0x626972746873)

/* Conversations by returning contacts, percent. */
#define RETURNING 40

#define MINUTE 60
#define HOUR 3600
#define DAY 86400

/*
 * The part of the conversations that counts as recent, and how many of those
 * not resolved are among them.
 */
#define RECENT 0.05
#define UNRESOLVED_RECENT 0.7

static uint32_t new_contact(struct world *world)
{
	return world->contacts++;
}

/* A returning contact has mostly been here not long ago. */
static uint32_t some_contact(struct world *world, struct chance *chance)
{
	uint32_t n = world->contacts;

	if (n == 0 || !chance_percent(chance, RETURNING))
		return new_contact(world);
	if (chance_percent(chance, 70))
		return n - 1 - chance_below(chance, n / 5 + 1);
	return chance_below(chance, n);
}

static uint8_t channel_of(const struct world *world, uint32_t contact)
{
	struct people_contact person;

	people_contact(world->seed, contact, &person);
	return catalogue_channel_for(person.taste);
}

/* Some agents do more than others. The place plus 1. */
static uint8_t some_agent(const struct world *world, struct chance *chance)
{
	uint32_t n = (uint32_t)world->catalogue.agents.n;
	uint32_t a = chance_below(chance, n), b = chance_below(chance, n);

	return (uint8_t)((a < b ? a : b) + 1);
}

static uint32_t some_labels(const struct world *world, struct chance *chance)
{
	static const int how_many[20] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3
	};
	uint32_t labels = 0;

	for (int left = how_many[chance_below(chance, 20)]; left > 0; left--)
		labels |= 1u << chance_below(chance, (uint32_t)world->catalogue.usual_labels);
	return labels;
}

/* A third of all conversations has the field at all. */
static void some_team(struct conversation *c, struct chance *chance)
{
	if (chance_below(chance, 3) > 0)
		return;
	c->flags |= CONVERSATION_TEAM;
	if (chance_percent(chance, 75))
		c->state.team =
			(uint8_t)(catalogue_team_of(c->state.assignee ? c->state.assignee - 1
								      : c->channel) +
				  1);
}

/* How long somebody was busy with it: mostly within the hour, sometimes for days. Seconds. */
static uint32_t some_duration(struct chance *chance)
{
	static const struct {
		uint32_t percent, from, to;
	} spans[] = {
		{ 35, 2 * MINUTE, 40 * MINUTE },
		{ 40, 40 * MINUTE, 8 * HOUR },
		{ 20, 8 * HOUR, 2 * DAY },
		{ 5, 2 * DAY, 12 * DAY },
	};
	uint32_t roll = chance_below(chance, 100);
	size_t i = 0;

	while (roll >= spans[i].percent)
		roll -= spans[i++].percent;
	return spans[i].from + chance_below(chance, spans[i].to - spans[i].from);
}

static uint8_t unresolved_status(struct chance *chance)
{
	uint32_t roll = chance_below(chance, 100);

	if (roll < 60)
		return STATUS_OPEN;
	return roll < 88 ? STATUS_PENDING : STATUS_SNOOZED;
}

/* The chances of not being resolved, which are higher for the recent ones. */
struct odds {
	double recent, old;
};

static struct odds odds_of(unsigned resolved)
{
	double unresolved = 1 - resolved / 100.0;
	struct odds odds = { .recent = unresolved * UNRESOLVED_RECENT / RECENT };

	odds.recent = odds.recent > 1 ? 1 : odds.recent;
	odds.old = (unresolved - RECENT * odds.recent) / (1 - RECENT);
	return odds;
}

static void settle_state(const struct world *world, struct conversation *c, struct chance *chance,
			 double odds)
{
	static const unsigned nobody[N_STATUSES] = {
		[STATUS_OPEN] = 35,
		[STATUS_PENDING] = 5,
		[STATUS_RESOLVED] = 4,
		[STATUS_SNOOZED] = 5,
	};

	c->state.status = chance_share(chance) < odds ? unresolved_status(chance) : STATUS_RESOLVED;
	if (!chance_percent(chance, nobody[c->state.status]))
		c->state.assignee = some_agent(world, chance);
	c->state.labels = some_labels(world, chance);
	some_team(c, chance);
}

static uint32_t updated_after(uint32_t created, uint32_t now, struct chance *chance)
{
	uint32_t duration = some_duration(chance);

	if (duration > now - created)
		duration = chance_below(chance, now - created + 1);
	return created + duration;
}

void birth_fill(struct world *world, const struct birth_plan *plan)
{
	struct rhythm rhythm = rhythm_begin(plan->now, plan->days);
	struct odds odds = odds_of(plan->resolved);
	double n = plan->conversations;

	for (uint32_t i = 0; i < plan->conversations; i++) {
		struct chance chance = chance_from(world->seed ^ BIRTHS, i);
		double share = (i + chance_share(&chance)) / n;
		struct conversation c = { .created = (uint32_t)rhythm_at(&rhythm, share) };

		c.contact = some_contact(world, &chance);
		c.channel = channel_of(world, c.contact);
		settle_state(world, &c, &chance, share > 1 - RECENT ? odds.recent : odds.old);
		c.updated = updated_after(c.created, (uint32_t)plan->now, &chance);
		world_add(world, &c);
	}
}

uint32_t birth_inbound(struct world *world, struct chance *chance, uint32_t at)
{
	struct conversation c = { .created = at, .updated = at, .flags = CONVERSATION_HIDDEN };

	c.contact = some_contact(world, chance);
	c.channel = channel_of(world, c.contact);
	c.state.status = STATUS_OPEN;
	if (chance_percent(chance, 20))
		c.state.assignee = some_agent(world, chance);
	if (chance_percent(chance, 30))
		c.state.labels = some_labels(world, chance);
	some_team(&c, chance);
	return world_add(world, &c);
}

uint32_t birth_outbound(struct world *world, uint32_t contact, uint8_t channel,
			const struct conversation_state *state, uint32_t at)
{
	struct conversation c = {
		.created = at,
		.updated = at,
		.contact = contact,
		.channel = channel,
		.state = *state,
		.flags = CONVERSATION_HIDDEN,
	};

	return world_add(world, &c);
}
