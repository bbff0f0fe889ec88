/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <assert.h>
#include <inttypes.h>

#include "arena.h"
#include "lock_holder.h"
#include "mem.h"

#define MOST_STEPS 56

struct script {
	struct arena *arena;
	struct pg_step steps[MOST_STEPS];
	size_t n;
};

struct script *script_new(void)
{
	struct script *script = mem_new(sizeof(*script));

	script->arena = arena_new();
	return script;
}

void script_free(struct script **script)
{
	if (!*script)
		return;
	arena_free(&(*script)->arena);
	mem_free(script);
}

void script_reset(struct script *script)
{
	arena_reset(script->arena);
	script->n = 0;
}

void script_add(struct script *script, const char *sql)
{
	script_copy(script, sql, NULL);
}

void script_copy(struct script *script, const char *sql, const struct buf *rows)
{
	assert(script->n < MOST_STEPS);
	script->steps[script->n++] = (struct pg_step){ .sql = sql, .rows = rows };
}

void script_text(struct script *script, const char *text)
{
	struct pg_step *step = &script->steps[script->n - 1];

	assert(step->n < PG_MAX_PARAMS);
	step->params[step->n++] = arena_dup(script->arena, text);
}

void script_int(struct script *script, int64_t n)
{
	script_text(script, n == TIME_NONE ? NULL : arena_printf(script->arena, "%" PRId64, n));
}

void script_skip(struct script *script, int n)
{
	script->steps[script->n - 1].skip = n;
}

void script_steps(struct script *s, const struct script *other, size_t from, size_t end)
{
	assert(s->n + (end - from) <= MOST_STEPS);
	for (size_t i = from; i < end; i++)
		s->steps[s->n++] = other->steps[i];
}

size_t script_length(const struct script *s)
{
	return s->n;
}

void script_start(const struct script *script, struct pg *pg)
{
	pg_start(pg, script->steps, script->n);
}

bool script_run(const struct script *script, struct pg *pg, struct table **result, struct err *err)
{
	if (pg_run(pg, script->steps, script->n, result, err))
		return true;
	lock_holder_name(pg, false, err);
	return false;
}
