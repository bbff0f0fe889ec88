/* SPDX-License-Identifier: MIT */
#include "metabase_field.h"

#include <inttypes.h>
#include <stdio.h>

#include "json_writer.h"
#include "metabase_card.h"

#define LONGEST_BODY 4096

/* Metabase looks at a small schema within seconds; a busy one queues that. */
#define SYNC_DEADLINE (180 * USEC_PER_SEC)
#define SYNC_PAUSE (250 * USEC_PER_MSEC)
#define SYNC_LONGEST_PAUSE (3 * USEC_PER_SEC)

/* ---- Metabase's catalogue -------------------------------------------- */

/* The first column that a card needs and Metabase does not see; NULL when all are there. */
static const char *missing_tag(const struct metabase_run *run, const struct json_at *card)
{
	struct json_at tags = json_member(card, "tags"), tag;
	struct json_each each = json_members(&tags);
	char table[64], column[64];
	const char *text = NULL;
	struct err ignored;

	while (json_next(&each, &tag))
		if (json_string(&tag, &text, &ignored) &&
		    sscanf(text, "%63[^.].%63s", table, column) == 2 &&
		    metabase_card_field(run, table, column) == 0)
			return text;
	return NULL;
}

static const char *missing_field(const struct metabase_run *run, const struct json_at *field)
{
	static const char *const keys[] = { "column", "target" };
	char table[64], column[64];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *text = metabase_text(field, keys[i]);

		if (sscanf(text, "%63[^.].%63s", table, column) == 2 &&
		    metabase_card_field(run, table, column) == 0)
			return text;
	}
	return NULL;
}

static const char *missing(const struct metabase_run *run)
{
	struct json_at fields = json_member(&run->spec, "fields"),
		       boards = json_member(&run->spec, "dashboards");
	const char *found = NULL;

	for (size_t i = 0; i < json_length(&fields) && !found; i++) {
		struct json_at field = json_element(&fields, i);

		found = missing_field(run, &field);
	}
	for (size_t i = 0; i < json_length(&boards) && !found; i++) {
		struct json_at board = json_element(&boards, i),
			       cards = json_member(&board, "cards");

		for (size_t j = 0; j < json_length(&cards) && !found; j++) {
			struct json_at card = json_element(&cards, j);

			found = missing_tag(run, &card);
		}
	}
	return found;
}

/* Tables that an administrator hid are asked for, too: cards work on them as before. */
static bool read_metadata(struct metabase_run *run, struct err *err)
{
	json_free(&run->metadata);
	run->metadata = metabase_get(run->mb, err,
				     "/database/%" PRId64
				     "/metadata?include_hidden=true&remove_inactive=true",
				     run->database);
	return run->metadata != NULL;
}

/* Makes Metabase look, and waits until it has seen all columns that we need. */
bool metabase_field_await(struct metabase_run *run, bool fresh, struct err *err)
{
	int64_t deadline = event_loop_now() + SYNC_DEADLINE, pause = SYNC_PAUSE;
	char path[64];

	if (run->database == 0)
		return true;
	if (!read_metadata(run, err))
		return false;
	if ((!fresh && !missing(run)) || run->dry_run)
		return true;
	snprintf(path, sizeof(path), "/database/%" PRId64 "/sync_schema", run->database);
	if (!metabase_call(run->mb, &(struct metabase_request){ HTTP_POST, path, NULL }, NULL, err))
		return false;
	while (missing(run)) {
		if (event_loop_now() > deadline)
			return err_set(
				err, ERR_UNAVAILABLE,
				"Metabase does not see the column sahut_report.%s; may its role "
				"read it (sahut-etl check), and does its log say why the sync "
				"failed?",
				missing(run));
		if (event_loop_until(run->mb->loop, event_loop_now() + pause) == EVENT_LOOP_STOP)
			return err_set(err, ERR_STOPPED,
				       "told to stop while Metabase looks at the tables");
		pause = min_i64(2 * pause, SYNC_LONGEST_PAUSE);
		if (!read_metadata(run, err))
			return false;
	}
	return true;
}

/* ---- columns --------------------------------------------------------- */

static bool find_field(struct metabase_run *run, struct metabase_object *object, int64_t *id,
		       struct err *err)
{
	char table[64], column[64];

	if (sscanf(object->name, "%63[^.].%63s", table, column) != 2)
		return err_set(err, ERR_BUG, "\"%s\" is no column", object->name);
	*id = metabase_card_field(run, table, column);
	return *id > 0 || run->database == 0 || run->dry_run ||
	       err_set(err, ERR_UNAVAILABLE, "Metabase does not see sahut_report.%s", object->name);
}

static void write_field(struct metabase_run *run, struct buf *to, const struct json_at *field)
{
	const char *type = metabase_text(field, "semantic_type"),
		   *target = metabase_text(field, "target"),
		   *values = metabase_text(field, "values");
	struct json_writer out = JSON_WRITER_TO(to);
	char table[64], column[64];

	json_writer_open(&out, '{');
	if (*type)
		json_writer_key_string(&out, "semantic_type", type);
	if (sscanf(target, "%63[^.].%63s", table, column) == 2) {
		json_writer_key_int(&out, "fk_target_field_id",
				    metabase_card_field(run, table, column));
	}
	if (*values)
		json_writer_key_string(&out, "has_field_values", values);
	json_writer_close(&out, '}');
}

static bool ensure_field(struct metabase_run *run, const struct json_at *field, bool *written,
			 struct err *err)
{
	static const char *const parts[] = { "semantic_type", "fk_target_field_id",
					     "has_field_values", NULL };
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	char key[160], what[160];
	struct metabase_object object = { .key = key,
					  .what = what,
					  .path = "/field",
					  .body = &body,
					  .parts = parts,
					  .find = find_field,
					  .name = metabase_text(field, "column") };
	struct metabase_result result;

	/* Every field has a state, by Metabase's guess; only where we were before is it theirs. */
	object.take = !run->again;
	snprintf(key, sizeof(key), "field:%s", object.name);
	snprintf(what, sizeof(what), "column %s", object.name);
	write_field(run, &body, field);
	if (!metabase_object_ensure(run, &object, &result, err))
		return false;
	*written |= result.written;
	return true;
}

/* The keys, which a reader cannot see, and the columns that get a list to choose from. */
bool metabase_field_ensure(struct metabase_run *run, struct err *err)
{
	struct json_at fields = json_member(&run->spec, "fields");
	bool written = false;
	char path[64];

	for (size_t i = 0; i < json_length(&fields); i++) {
		struct json_at field = json_element(&fields, i);

		if (!ensure_field(run, &field, &written, err))
			return false;
	}
	if (!written || run->dry_run)
		return true;
	snprintf(path, sizeof(path), "/database/%" PRId64 "/rescan_values", run->database);
	return metabase_call(run->mb, &(struct metabase_request){ HTTP_POST, path, NULL }, NULL,
			     err);
}
