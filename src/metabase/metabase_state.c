/* SPDX-License-Identifier: MIT */
#include "metabase_state.h"

#include <stdio.h>
#include <string.h>

#include "grid.h"
#include "mem.h"
#include "script.h"
#include "sql.h"

enum { KEY, ID, SPEC, SEEN };

struct metabase_state {
	struct pg *pg;
	struct grid *known; /* as it was when it was opened */
	const char *url;
};

struct metabase_state *metabase_state_open(struct pg *pg, const char *url, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();
	struct metabase_state *state = mem_new(sizeof(*state));

	state->pg = pg;
	state->url = url;
	script_add(script, sql_metabase_known);
	script_text(script, url);
	if (!script_run(script, pg, &state->known, err))
		metabase_state_free(&state);
	return state;
}

void metabase_state_free(struct metabase_state **state)
{
	if (!*state)
		return;
	grid_free(&(*state)->known);
	mem_free(state);
}

struct metabase_state_row metabase_state_find(const struct metabase_state *state, const char *key)
{
	for (int r = 0; r < grid_rows(state->known); r++)
		if (strcmp(grid_text(state->known, r, KEY), key) == 0)
			return (struct metabase_state_row){ grid_int(state->known, r, ID),
							    grid_text(state->known, r, SPEC),
							    grid_text(state->known, r, SEEN) };
	return (struct metabase_state_row){ 0, "", "" };
}

bool metabase_state_put(struct metabase_state *state, const char *key,
			const struct metabase_state_row *row, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();

	script_add(script, sql_metabase_remember);
	script_text(script, state->url);
	script_text(script, key);
	script_int(script, row->id);
	script_text(script, row->spec);
	script_text(script, row->seen);
	return script_run(script, state->pg, NULL, err);
}

bool metabase_state_drop(struct metabase_state *state, const char *key, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();

	script_add(script, sql_metabase_forget);
	script_text(script, state->url);
	script_text(script, key);
	return script_run(script, state->pg, NULL, err);
}

const char *metabase_state_key(const struct metabase_state *state, int i)
{
	return i < grid_rows(state->known) ? grid_text(state->known, i, KEY) : NULL;
}

bool metabase_state_hash(struct metabase_state *state, const struct buf *text, char to[65],
			 struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();
	CLEANUP(grid_free) struct grid *grid = NULL;

	script_add(script, sql_schema_checksum);
	script_text(script, buf_text(text));
	if (!script_run(script, state->pg, &grid, err))
		return false;
	snprintf(to, 65, "%s", grid_text(grid, 0, 0));
	return true;
}
