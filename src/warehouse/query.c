/* SPDX-License-Identifier: MIT */
#include "query.h"

#include <string.h>

#include "buf.h"
#include "hash.h"
#include "sql.h"

/* A page's ids may be half a megabyte. */
#define LONGEST_TEXT (1u << 20)

/* ---- asking ---------------------------------------------------------- */

/* The ids as the text of a PostgreSQL array; every one is quoted. */
static void id_array(struct buf *text, const struct table *ids)
{
	buf_char(text, '{');
	for (int i = 0; i < table_rows(ids); i++) {
		buf_str(text, i ? ",\"" : "\"");
		for (const char *p = table_text(ids, i, 0); *p; p++) {
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
	ask_ids(s, q, sql_query_unseen, q->run);
	script_int(s, q->ask.scan);
	script_int(s, q->ask.after);
	if (q->ask.with_page)
		page_ids(s, q);
	else
		script_text(s, NULL);
	script_int(s, q->ask.before);
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
	ask_ids(s, q, sql_query_missing, q->run);
	script_int(s, q->ask.scan);
	add_filter(s, q);
	script_text(s, q->ask.disputed ? "t" : "f");
}

static void ask_seen(struct script *s, const struct query *q)
{
	script_add(s, sql_query_seen);
	script_int(s, q->workspace);
	script_int(s, q->sweep);
	script_int(s, q->ask.pass);
	script_int(s, q->ask.before);
	script_int(s, q->ask.turn);
	script_int(s, q->ask.after);
}

static void ask_curve(struct script *s, const struct query *q)
{
	script_add(s, sql_query_curve);
	script_int(s, q->workspace);
	script_int(s, q->sweep);
	script_int(s, q->ask.before);
	script_int(s, SIGHTINGS_MOST + BIRTHS_MOST + 1);
}

static void ask_cells(struct script *s, const struct query *q)
{
	const struct filter *filter = &q->ask.filter;

	script_add(s, filter->channel ? sql_query_cells_by_assignee : sql_query_cells_by_channel);
	script_int(s, q->workspace);
	script_text(s, filter_ids_status(filter->status));
	if (filter->channel)
		script_text(s, filter_ids_channel(q->names, filter));
}

static void ask_rejected(struct script *s, const struct query *q)
{
	script_add(s, sql_query_rejected);
	script_int(s, q->workspace);
	script_int(s, q->ask.most);
	script_int(s, q->ask.chance);
}

static void ask_messages(struct script *s, const struct query *q)
{
	script_add(s, sql_query_messages);
	script_int(s, q->workspace);
	script_int(s, q->ask.turn);
	script_int(s, q->ask.most);
	script_int(s, q->ask.after);
}

void query_write(struct script *s, const struct query *q)
{
	script_add(s, sql_query_begin);
	switch (q->ask.kind) {
	case ASK_JOINED:
		script_add(s, sql_query_joined);
		script_int(s, q->sweep);
		page_ids(s, q);
		break;
	case ASK_SEEN:
		script_add(s, sql_query_begin_whole);
		ask_seen(s, q);
		break;
	case ASK_CURVE:
		script_add(s, sql_query_begin_whole);
		ask_curve(s, q);
		break;
	case ASK_SUSPECTS:
		script_add(s, sql_query_begin_whole);
		ask_ids(s, q, sql_query_suspects, q->sweep);
		script_int(s, q->ask.turn);
		script_text(s, q->ask.by_chance ? "t" : "f");
		break;
	case ASK_UNSEEN:
		ask_unseen(s, q);
		break;
	case ASK_LEAVERS:
		ask_ids(s, q, sql_query_leavers, q->run);
		script_int(s, q->ask.scan);
		break;
	case ASK_MISSING:
		ask_missing(s, q);
		break;
	case ASK_COUNTS:
		script_add(s, q->ask.exact ? sql_query_counts : sql_query_unresolved_counts);
		script_int(s, q->workspace);
		break;
	case ASK_CELLS:
		ask_cells(s, q);
		break;
	case ASK_STALE_COPIES:
		script_add(s, sql_query_stale_copies);
		script_int(s, q->workspace);
		script_int(s, q->ask.most);
		break;
	case ASK_REJECTED:
		ask_rejected(s, q);
		break;
	case ASK_MESSAGES:
		ask_messages(s, q);
		break;
	}
	script_add(s, "commit");
}

/* ---- answers --------------------------------------------------------- */

/* The first row speaks of all; the rest are ids, and the control goes behind them. */
static struct table *read_ids(const struct table *rows, bool tells_absent, struct answer *answer)
{
	struct table *ids = table_new(ID_COLUMNS);
	const char *control = table_get(rows, 0, "id");

	answer->n[0] = table_get_int(rows, 0, "total");
	answer->n[1] = table_get(rows, 0, "second") ? table_get_int(rows, 0, "second") : 0;
	answer->live = table_get_int(rows, 0, "live");
	answer->deleted_lately = table_get_int(rows, 0, "deleted_lately");
	answer->rejected = table_get_int(rows, 0, "rejected");
	if (tells_absent)
		answer->absent = table_get_int(rows, 0, "absent");
	for (int row = 1; row < table_rows(rows); row++) {
		const char *id = table_get(rows, row, "id");

		table_set_text(ids, table_add(ids), ID_OWN, id);
		answer->known[answer->ids] =
			table_get(rows, row, "total") && table_get_int(rows, row, "total") != 0;
		answer->ids++;
	}
	answer->control = control != NULL;
	if (control)
		table_set_text(ids, table_add(ids), ID_OWN, control);
	return ids;
}

/* A row a channel, or an agent: how many are held. */
static void read_cells(const struct ask *ask, const struct filter_ids *names,
		       const struct table *rows, struct answer *answer)
{
	bool by_assignee = ask->filter.channel != 0;
	const struct table *parts = by_assignee ? names->agents : names->channels;

	answer->parts = table_rows(parts);
	if (answer->parts > PARTS_MOST) {
		answer->parts = -1;
		return;
	}
	for (int row = 0; row < table_rows(rows); row++) {
		const char *id = table_get(rows, row, "id");
		int place = id ? filter_ids_find(parts, id) : -1;

		if (!id && by_assignee)
			answer->held[0] = table_get_int(rows, row, "held");
		else if (place >= 0)
			answer->held[place + by_assignee] = table_get_int(rows, row, "held");
	}
}

static void read_counts(const struct table *rows, struct answer *answer)
{
	static const char *const columns[COUNTS] = {
		[STATUS_ANY] = "every",		[STATUS_OPEN] = "open",
		[STATUS_PENDING] = "pending",	[STATUS_SNOOZED] = "snoozed",
		[STATUS_RESOLVED] = "resolved", [STATUS_OTHER] = "other",
	};

	for (int i = 0; i < COUNTS; i++)
		answer->counts[i] = table_get_int(rows, 0, columns[i]);
	answer->live = answer->counts[STATUS_ANY];
	answer->rejected = table_get_int(rows, 0, "rejected");
	answer->outdated = table_get_int(rows, 0, "outdated");
}

/* Too many to be looked at are as good as none. */
static void read_seen(const struct table *rows, struct curve_seen *seen)
{
	for (int row = 0; row < table_rows(rows) && seen->groups >= 0; row++) {
		bool old = table_get_int(rows, row, "kind") == 0;
		int64_t since = table_get_int(rows, row, "since"),
			n = table_get_int(rows, row, "n");

		if (old ? seen->groups == SIGHTINGS_MOST : seen->births == BIRTHS_MOST) {
			seen->groups = -1;
		} else if (old) {
			seen->group[seen->groups].since = since;
			seen->group[seen->groups++].n = n;
		} else {
			seen->birth[seen->births].since = since;
			seen->birth[seen->births++].created = n;
		}
	}
}

/* The first row speaks of all; each other one is a conversation. */
static struct table *read_messages(const struct table *rows, struct answer *answer)
{
	struct table *ids = table_new(MESSAGE_COLUMNS);

	for (int row = 0; row < table_rows(rows) && answer->ids < MESSAGES_MOST; row++) {
		const char *id = table_get(rows, row, "id"),
			   *last = table_get(rows, row, "last_message_id");
		struct message_due *due = &answer->due[answer->ids];

		if (!id) {
			answer->n[0] = table_get_int(rows, row, "moved");
			answer->n[1] = table_get_int(rows, row, "unmoved");
			continue;
		}
		*due = (struct message_due){
			.count = table_get_int(rows, row, "message_count"),
			.last = hash_string(HASH_START, last ? last : ""),
			.per_page = (int)table_get_int(rows, row, "per_page"),
			.number = (int)table_get_int(rows, row, "reading"),
			.unresolved = table_get_bool(rows, row, "is_unresolved"),
			.changed_at = table_get_int(rows, row, "changed_at"),
			.due_at = table_get_int(rows, row, "due_at"),
		};
		table_set_text(ids, table_add(ids), MESSAGE_CONVERSATION, id);
		if (last)
			table_set_text(ids, answer->ids, MESSAGE_LAST, last);
		answer->ids++;
	}
	return ids;
}

struct table *query_read(const struct ask *ask, const struct filter_ids *names,
			 const struct table *table, struct answer *answer)
{
	*answer = (struct answer){ .ids = 0 };
	switch (ask->kind) {
	case ASK_SUSPECTS:
	case ASK_UNSEEN:
	case ASK_LEAVERS:
	case ASK_MISSING:
	case ASK_STALE_COPIES:
	case ASK_REJECTED:
		return read_ids(table, ask->kind == ASK_UNSEEN, answer);
	case ASK_MESSAGES:
		return read_messages(table, answer);
	case ASK_CELLS:
		read_cells(ask, names, table, answer);
		break;
	case ASK_COUNTS:
		read_counts(table, answer);
		break;
	case ASK_CURVE:
		read_seen(table, &answer->seen);
		break;
	case ASK_JOINED:
		answer->n[0] = table_get_bool(table, 0, "joined");
		break;
	case ASK_SEEN:
		answer->n[0] = table_get_int(table, 0, "seen");
		answer->n[1] = table_get_int(table, 0, "unseen");
		answer->n[2] = table_get_int(table, 0, "every");
		answer->n[3] = table_get_int(table, 0, "holding");
		break;
	}
	return NULL;
}
