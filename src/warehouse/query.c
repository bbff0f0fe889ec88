/* SPDX-License-Identifier: MIT */
#include "query.h"

#include <string.h>

#include "buf.h"
#include "sql.h"

/* A page's ids may be half a megabyte. */
#define LONGEST_TEXT (1u << 20)

/* ---- asking ---------------------------------------------------------- */

/* The ids as the text of a PostgreSQL array; every one is quoted. */
static void id_array(struct buf *text, const struct grid *ids)
{
	buf_char(text, '{');
	for (int i = 0; i < grid_rows(ids); i++) {
		buf_str(text, i ? ",\"" : "\"");
		for (const char *p = grid_text(ids, i, 0); *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_char(text, '\\');
			buf_char(text, *p);
		}
		buf_char(text, '"');
	}
	buf_char(text, '}');
}

/* The ids of the page, as a parameter. */
static void page_ids(struct script *s, const struct query *q)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);

	id_array(&text, q->page);
	script_text(s, buf_text(&text));
}

/* A query whose answer are ids: its first parameters, which all of them have. */
static void ask_ids(struct script *s, const struct query *q, const char *sql, int64_t of)
{
	script_add(s, sql);
	script_int(s, q->workspace);
	script_int(s, of);
	script_int(s, q->ask.most);
	script_int(s, q->ask.settled);
}

static void ask_unseen(struct script *s, const struct query *q)
{
	ask_ids(s, q, sql_ask_unseen, q->run);
	script_int(s, q->ask.scan);
	script_int(s, q->ask.after);
	if (q->ask.with_page)
		page_ids(s, q);
	else
		script_text(s, NULL);
}

/* The cell's status, channel and assignee. */
static void add_filter(struct script *s, const struct query *q)
{
	const struct filter *filter = &q->ask.filter;

	script_text(s, filter_ids_status(filter->status));
	script_text(s, filter_ids_channel(q->names, filter));
	script_text(s, filter_ids_assignee(q->names, filter));
	script_text(s, filter->assignee < 0 ? "t" : "f");
}

static void ask_missing(struct script *s, const struct query *q)
{
	ask_ids(s, q, sql_ask_missing, q->run);
	script_int(s, q->ask.scan);
	add_filter(s, q);
}

static void ask_seen(struct script *s, const struct query *q)
{
	script_add(s, sql_ask_seen);
	script_int(s, q->workspace);
	script_int(s, q->sweep);
	script_int(s, q->ask.pass);
	script_int(s, q->ask.before);
}

static void ask_cells(struct script *s, const struct query *q)
{
	const struct filter *filter = &q->ask.filter;

	script_add(s, filter->channel ? sql_ask_cells_by_assignee : sql_ask_cells_by_channel);
	script_int(s, q->workspace);
	script_text(s, filter_ids_status(filter->status));
	if (filter->channel)
		script_text(s, filter_ids_channel(q->names, filter));
}

void query_write(struct script *s, const struct query *q)
{
	script_add(s, sql_ask_begin);
	switch (q->ask.kind) {
	case ASK_JOINED:
		script_add(s, sql_ask_joined);
		script_int(s, q->sweep);
		page_ids(s, q);
		break;
	case ASK_SEEN:
		script_add(s, sql_ask_begin_whole);
		ask_seen(s, q);
		break;
	case ASK_SUSPECTS:
		script_add(s, sql_ask_begin_whole);
		ask_ids(s, q, sql_ask_suspects, q->sweep);
		break;
	case ASK_UNSEEN:
		ask_unseen(s, q);
		break;
	case ASK_LEAVERS:
		ask_ids(s, q, sql_ask_leavers, q->run);
		script_int(s, q->ask.scan);
		break;
	case ASK_MISSING:
		ask_missing(s, q);
		break;
	case ASK_COUNTS:
		script_add(s, q->ask.exact ? sql_ask_counts : sql_ask_hot_counts);
		script_int(s, q->workspace);
		break;
	case ASK_CELLS:
		ask_cells(s, q);
		break;
	case ASK_DOUBTS:
		script_add(s, sql_ask_doubts);
		script_int(s, q->workspace);
		script_int(s, q->ask.most);
		break;
	}
	script_add(s, "commit");
}

/* ---- answers --------------------------------------------------------- */

/* The first row speaks of all; the rest are ids, and the control goes behind them. */
static struct grid *read_ids(const struct grid *rows, struct answer *answer)
{
	enum { PLACE, COUNT, SECOND, LIVE, DELETED, UNLOADED, ID };
	struct grid *ids = grid_new(2);
	const char *control = grid_text(rows, 0, ID);

	answer->n[0] = grid_int(rows, 0, COUNT);
	answer->n[1] = grid_text(rows, 0, SECOND) ? grid_int(rows, 0, SECOND) : 0;
	answer->live = grid_int(rows, 0, LIVE);
	answer->deleted_lately = grid_int(rows, 0, DELETED);
	answer->rejected = grid_int(rows, 0, UNLOADED);
	for (int row = 1; row < grid_rows(rows); row++) {
		const char *id = grid_text(rows, row, ID);

		grid_set(ids, grid_add(ids), 0, id, strlen(id));
		answer->ids++;
	}
	answer->control = control != NULL;
	if (control)
		grid_set(ids, grid_add(ids), 0, control, strlen(control));
	return ids;
}

/* A row a channel, or an agent: how many are held. */
static void read_cells(const struct ask *ask, const struct filter_ids *names,
		       const struct grid *rows, struct answer *answer)
{
	bool by_assignee = ask->filter.channel != 0;
	const struct grid *parts = by_assignee ? names->agents : names->channels;

	answer->parts = grid_rows(parts);
	if (answer->parts > PARTS_MOST) {
		answer->parts = -1;
		return;
	}
	for (int row = 0; row < grid_rows(rows); row++) {
		const char *id = grid_text(rows, row, 0);
		int place = id ? filter_ids_find(parts, id) : -1;

		if (!id && by_assignee)
			answer->held[0] = grid_int(rows, row, 1);
		else if (place >= 0)
			answer->held[place + by_assignee] = grid_int(rows, row, 1);
	}
}

static void read_counts(const struct grid *rows, struct answer *answer)
{
	for (int i = 0; i < COUNTS; i++)
		answer->counts[i] = grid_int(rows, 0, i);
	answer->live = answer->counts[STATUS_ANY];
	answer->rejected = grid_int(rows, 0, COUNTS);
}

struct grid *query_read(const struct ask *ask, const struct filter_ids *names,
			const struct grid *grid, struct answer *answer)
{
	*answer = (struct answer){ .ids = 0 };
	switch (ask->kind) {
	case ASK_SUSPECTS:
	case ASK_UNSEEN:
	case ASK_LEAVERS:
	case ASK_MISSING:
	case ASK_DOUBTS:
		return read_ids(grid, answer);
	case ASK_CELLS:
		read_cells(ask, names, grid, answer);
		break;
	case ASK_COUNTS:
		read_counts(grid, answer);
		break;
	case ASK_JOINED:
	case ASK_SEEN:
		for (int i = 0; i < grid_columns(grid); i++)
			answer->n[i] = grid_int(grid, 0, i);
		break;
	}
	return NULL;
}
