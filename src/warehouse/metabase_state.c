/* SPDX-License-Identifier: MIT */
#include "metabase_state.h"

#include <string.h>

#include "mem.h"
#include "script.h"
#include "sql.h"
#include "table.h"

struct metabase_state {
	struct pg *pg;
	struct table *known; /* as it was when it was opened */
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
	table_free(&(*state)->known);
	mem_free(state);
}

struct metabase_state_row metabase_state_find(const struct metabase_state *state, const char *key)
{
	for (int r = 0; r < table_rows(state->known); r++)
		if (strcmp(table_get(state->known, r, "key"), key) == 0)
			return (struct metabase_state_row){ table_get_int(state->known, r,
									  "metabase_id"),
							    table_get(state->known, r, "sent"),
							    table_get(state->known, r, "seen") };
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
	script_text(script, row->sent);
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
	return i < table_rows(state->known) ? table_get(state->known, i, "key") : NULL;
}
