/* SPDX-License-Identifier: MIT */
#include "drift.h"

#include <stdlib.h>
#include <string.h>

#include "birth.h"

/*
 * Changes that hit the newest part, percent, and which part that is: one in
 * so many, but never fewer than a handful.
 */
#define HIT_NEWEST 80
#define NEWEST_PART 20
#define NEWEST_LEAST 20

/* After so many conversations that were not fit the rest is searched one by one. */
#define MOST_TRIES 200

#define MOST_LABELS_SHOWN 3
#define HEAVIEST 1000000

static const char *const names[N_DRIFT_KINDS] = {
	[DRIFT_CREATE] = "create", [DRIFT_UPDATE] = "update",	  [DRIFT_RESOLVE] = "resolve",
	[DRIFT_REOPEN] = "reopen", [DRIFT_REASSIGN] = "reassign", [DRIFT_RELABEL] = "relabel",
	[DRIFT_SNOOZE] = "snooze", [DRIFT_SILENT] = "silent",	  [DRIFT_DELETE] = "delete",
};

static bool find_kind(const char *name, size_t n, enum drift_kind *ret)
{
	for (size_t i = 0; i < N_DRIFT_KINDS; i++) {
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) {
			*ret = (enum drift_kind)i;
			return true;
		}
	}
	return false;
}

bool drift_parse(const char *name, enum drift_kind *ret)
{
	return find_kind(name, strlen(name), ret);
}

/* ---- the mix ----------------------------------------------------------- */

/* Reads "update=6" at *P and moves behind it. */
static bool read_weight(const char **p, struct drift_mix *mix, struct err *err)
{
	size_t n = strcspn(*p, "=,+");
	enum drift_kind kind;
	char *end;
	unsigned long weight;

	if (!find_kind(*p, n, &kind))
		return err_set(err, ERR_CONFIG, "drift: there is no kind of change \"%.*s\"",
			       (int)n, *p);
	if ((*p)[n] != '=' || (*p)[n + 1] < '0' || (*p)[n + 1] > '9')
		return err_set(err, ERR_CONFIG, "drift: %s needs a weight: %s=1", names[kind],
			       names[kind]);
	weight = strtoul(*p + n + 1, &end, 10);
	if (weight > HEAVIEST)
		return err_set(err, ERR_CONFIG, "drift: %s: a weight is at most %d", names[kind],
			       HEAVIEST);
	mix->weights[kind] = (uint32_t)weight;
	*p = end;
	return true;
}

static uint32_t total_weight(const struct drift_mix *mix)
{
	uint32_t total = 0;

	for (size_t i = 0; i < N_DRIFT_KINDS; i++)
		total += mix->weights[i];
	return total;
}

bool drift_mix_parse(const char *text, struct drift_mix *ret, struct err *err)
{
	struct drift_mix mix = { { 0 } };
	const char *p = text;

	for (;;) {
		if (!read_weight(&p, &mix, err))
			return false;
		if (*p == '\0')
			break;
		if (*p != ',' && *p != '+')
			return err_set(err, ERR_CONFIG, "drift: \"%s\" is not KIND=WEIGHT,...",
				       text);
		p++;
	}
	if (total_weight(&mix) == 0)
		return err_set(err, ERR_CONFIG, "drift: at least one weight must be above 0");
	*ret = mix;
	return true;
}

enum drift_kind drift_choose(const struct drift_mix *mix, struct chance *chance)
{
	uint32_t roll = chance_below(chance, total_weight(mix));
	size_t kind = 0;

	while (roll >= mix->weights[kind])
		roll -= mix->weights[kind++];
	return (enum drift_kind)kind;
}

/* ---- the conversation --------------------------------------------------- */

static bool is_fit(const struct conversation *c, enum drift_kind kind)
{
	bool resolved = c->state.status == STATUS_RESOLVED;

	if (!conversation_listed(c) || c->flags & CONVERSATION_AWAITED)
		return false;
	switch (kind) {
	case DRIFT_RESOLVE:
	case DRIFT_SNOOZE:
		return !resolved;
	case DRIFT_REOPEN:
		return resolved;
	default:
		return true;
	}
}

/* Goes through all, beginning anywhere. */
static uint32_t search(const struct world *world, struct chance *chance, enum drift_kind kind)
{
	uint32_t from = chance_below(chance, world->n);

	for (uint32_t i = 0; i < world->n; i++) {
		uint32_t number = (from + i) % world->n;

		if (is_fit(&world->all[number], kind))
			return number;
	}
	return WORLD_NOBODY;
}

static uint32_t pick(const struct world *world, struct chance *chance, enum drift_kind kind)
{
	uint32_t newest = world->n / NEWEST_PART;

	if (world->n == 0)
		return WORLD_NOBODY;
	newest = newest < NEWEST_LEAST ? NEWEST_LEAST : newest;
	newest = newest > world->n ? world->n : newest;
	if (!chance_percent(chance, HIT_NEWEST))
		newest = world->n;
	for (int tries = 0; tries < MOST_TRIES; tries++) {
		uint32_t number = world->n - 1 - chance_below(chance, newest);

		if (is_fit(&world->all[number], kind))
			return number;
	}
	return search(world, chance, kind);
}

/* ---- the change --------------------------------------------------------- */

/* Another agent than now, or nobody. */
static uint8_t other_assignee(const struct world *world, struct chance *chance, uint8_t now)
{
	uint32_t n = (uint32_t)world->catalogue.agents.n;

	if (now && chance_percent(chance, 15))
		return 0;
	return (uint8_t)((now + chance_below(chance, now ? n - 1 : n)) % n + 1);
}

/* One label more or less; where that would be too many, it is the only one. */
static uint32_t other_labels(const struct world *world, struct chance *chance, uint32_t now)
{
	uint32_t bit = 1u << chance_below(chance, (uint32_t)world->catalogue.usual_labels);
	uint32_t then = now ^ bit;

	return __builtin_popcount(then) > MOST_LABELS_SHOWN ? bit : then;
}

static uint8_t other_unresolved(struct chance *chance, uint8_t now)
{
	if (now != STATUS_OPEN)
		return STATUS_OPEN;
	return chance_percent(chance, 60) ? STATUS_PENDING : STATUS_SNOOZED;
}

struct change drift_make_of(const struct world *world, struct chance *chance, enum drift_kind kind,
			    uint32_t number)
{
	struct change change = { .kind = CHANGE_STATE, .number = number, .into = WORLD_NOBODY };
	struct conversation_state *to = &change.to;

	*to = world->all[number].state;
	switch (kind) {
	case DRIFT_RESOLVE:
		to->status = STATUS_RESOLVED;
		break;
	case DRIFT_REOPEN:
		to->status = STATUS_OPEN;
		break;
	case DRIFT_REASSIGN:
		to->assignee = other_assignee(world, chance, to->assignee);
		break;
	case DRIFT_RELABEL:
		to->labels = other_labels(world, chance, to->labels);
		break;
	case DRIFT_SNOOZE:
		to->status = other_unresolved(chance, to->status);
		break;
	case DRIFT_SILENT:
		change.silent = true;
		if (chance_percent(chance, 50))
			to->labels = other_labels(world, chance, to->labels);
		else
			to->assignee = other_assignee(world, chance, to->assignee);
		break;
	case DRIFT_DELETE:
		change.kind = CHANGE_DEATH;
		break;
	default:
		break;
	}
	return change;
}

bool drift_make(struct world *world, struct chance *chance, enum drift_kind kind, uint32_t at,
		struct change *ret)
{
	uint32_t number;

	if (kind == DRIFT_CREATE) {
		number = birth_inbound(world, chance, at);
		*ret = (struct change){
			.kind = CHANGE_BIRTH, .number = number, .at = at, .into = WORLD_NOBODY
		};
		return true;
	}
	number = pick(world, chance, kind);
	if (number == WORLD_NOBODY)
		return false;
	*ret = drift_make_of(world, chance, kind, number);
	ret->at = at;
	return true;
}
