/* SPDX-License-Identifier: MIT */
#include "mbstate.h"

#include <stdio.h>
#include <string.h>

#include "grid.h"
#include "mem.h"
#include "script.h"
#include "sql.h"

enum { KEY, ID, SPEC, SEEN };

struct mbstate {
	struct pg *pg;
	struct grid *known; /* as it was when it was opened */
	const char *url;
};

struct mbstate *mbstate_open(struct pg *pg, const char *url, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();
	struct mbstate *state = mem_new(sizeof(*state));

	state->pg = pg;
	state->url = url;
	script_add(script, sql_metabase_known);
	script_text(script, url);
	if (!script_run(script, pg, &state->known, err))
		mbstate_free(&state);
	return state;
}

void mbstate_free(struct mbstate **state)
{
	if (!*state)
		return;
	grid_free(&(*state)->known);
	mem_free(state);
}

struct mbstate_row mbstate_find(const struct mbstate *state, const char *key)
{
	for (int r = 0; r < grid_rows(state->known); r++)
		if (strcmp(grid_text(state->known, r, KEY), key) == 0)
			return (struct mbstate_row){ grid_int(state->known, r, ID),
						     grid_text(state->known, r, SPEC),
						     grid_text(state->known, r, SEEN) };
	return (struct mbstate_row){ 0, "", "" };
}

bool mbstate_put(struct mbstate *state, const char *key, const struct mbstate_row *row,
		 struct err *err)
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

bool mbstate_drop(struct mbstate *state, const char *key, struct err *err)
{
	CLEANUP(script_free) struct script *script = script_new();

	script_add(script, sql_metabase_forget);
	script_text(script, state->url);
	script_text(script, key);
	return script_run(script, state->pg, NULL, err);
}

const char *mbstate_key(const struct mbstate *state, int i)
{
	return i < grid_rows(state->known) ? grid_text(state->known, i, KEY) : NULL;
}

bool mbstate_hash(struct mbstate *state, const struct buf *text, char to[65], struct err *err)
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
