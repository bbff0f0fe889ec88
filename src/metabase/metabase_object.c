/* SPDX-License-Identifier: MIT */
#include "metabase_object.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "card_text.h"
#include "json_writer.h"

#define LONGEST_PATH 256
#define LONGEST_BODY (4u << 20)
#define MOST_PARTS 8

/* ---- words ----------------------------------------------------------- */

const char *metabase_object_words(const struct metabase_run *run, const char *text)
{
	return card_text_get(run->lang, text);
}

enum lang metabase_object_other_lang(const struct metabase_run *run)
{
	return run->lang == LANG_EN ? LANG_ID : LANG_EN;
}

bool metabase_object_is_named(const char *text, const char *name)
{
	return strcmp(name, text) == 0 || strcmp(name, card_text_get(LANG_ID, text)) == 0;
}

void metabase_object_log(struct metabase_run *run, const char *verb, const char *what)
{
	buf_printf(run->report, "%s%s %s\n", run->dry_run ? "would " : "", verb, what);
}

void metabase_object_log_left(struct metabase_run *run, const char *what, const struct buf *parts)
{
	buf_printf(run->report, "leave as somebody edited it (--force overwrites it): %s (%s)\n",
		   what, buf_text(parts));
}

const char *metabase_object_part(const char *part)
{
	static const struct {
		const char *part, *name;
	} names[] = {
		{ "visualization_settings", "settings" },
		{ "dataset_query", "query" },
		{ "semantic_type", "type" },
		{ "fk_target_field_id", "target" },
		{ "has_field_values", "list of values" },
		{ "parameter_mappings", "filters" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i].part, part) == 0)
			return names[i].name;
	return part;
}

/* ---- one object ------------------------------------------------------ */

/* An object that is being brought to its form. */
struct work {
	struct metabase_run *run;
	struct metabase_object *object;
	struct metabase_base base;
	struct json *wanted, *other;
	struct json_at twin;
	struct json_at sides[2]; /* as it is wanted, and as it is shown */
	enum metabase_verdict verdicts[MOST_PARTS];
	int send, left;
};

/* *JSON is the object of that number; NULL where there is none. */
static bool read_object(struct metabase_run *run, const struct metabase_object *object, int64_t id,
			struct json **json, struct err *err)
{
	*json = metabase_get(run->mb, err, "%s/%" PRId64, object->path, id);
	return *json || err->kind == ERR_MISSING;
}

/* Parts that the wish says nothing of are none of ours. */
static bool is_wanted(const struct work *work, int i)
{
	struct json_at part = json_member(&work->sides[0], work->object->parts[i]);

	return json_kind(&part) != JSON_ABSENT;
}

static bool remember(struct work *work, int64_t id, struct err *err)
{
	CLEANUP(metabase_part_note_free) struct metabase_note note = METABASE_NOTE_INIT;

	for (int i = 0; work->object->parts[i]; i++)
		if (is_wanted(work, i))
			metabase_part_note(&note, &work->base, work->object->parts[i],
					   work->verdicts[i], work->sides);
	if (work->run->dry_run || metabase_part_note_known(&note, &work->base, id))
		return true;
	return metabase_state_put(work->run->state, work->object->key,
				  &(struct metabase_state_row){ id, buf_text(&note.sent),
								buf_text(&note.seen) },
				  err);
}

/* As it is right after it was written. */
static bool remember_written(struct work *work, int64_t id, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;

	if (!read_object(work->run, work->object, id, &json, err))
		return false;
	if (!json)
		return err_set(err, ERR_DATA, "%s is gone right after it was written",
			       work->object->what);
	*err = (struct err)ERR_INIT;
	work->sides[1] = json_root(json);
	return remember(work, id, err);
}

static bool post(struct metabase_run *run, const struct metabase_object *object, int64_t *id,
		 struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	const struct metabase_request what = { HTTP_POST, object->path, object->body };
	struct json_at root;

	if (!metabase_call(run->mb, &what, &json, err))
		return false;
	if (json) {
		root = json_root(json);
		*id = metabase_number(&root, "id");
	}
	return *id > 0 || err_set(err, ERR_DATA, "Metabase gave it no number");
}

/* Whether a POST whose answer was lost was done, only a look tells. */
static bool make(struct metabase_run *run, struct metabase_object *object, int64_t *id,
		 struct err *err)
{
	struct err found;

	if (post(run, object, id, err))
		return true;
	if (err->kind == ERR_UNAVAILABLE) {
		found = *err;
		if (object->find(run, object, id, &found) && *id > 0)
			return true;
	}
	return err_wrap(err, "%s", object->what);
}

/* ---- one that is there ------------------------------------------------ */

/* Fills the verdicts, and counts those to write and those to leave. */
static void judge(struct work *work)
{
	const struct metabase_object *object = work->object;

	for (int i = 0; object->parts[i]; i++) {
		if (!is_wanted(work, i))
			continue;
		work->verdicts[i] = metabase_part_judge(&work->base, object->parts[i],
							&work->sides[0], &work->sides[1]);
		if (work->run->force && object->forced &&
		    strcmp(object->parts[i], object->forced) == 0)
			work->verdicts[i] = METABASE_SEND;
		work->send += work->verdicts[i] == METABASE_SEND;
		work->left += work->verdicts[i] == METABASE_LEFT;
	}
	for (int i = 0; object->parts[i] && work->send > 0 && object->along; i++)
		if (strcmp(object->parts[i], object->along) == 0 &&
		    work->verdicts[i] == METABASE_SAME)
			work->verdicts[i] = METABASE_SEND;
}

static void log_left(struct work *work)
{
	CLEANUP(buf_free) struct buf parts = BUF_MAX(4096);

	for (int i = 0; work->object->parts[i]; i++)
		if (is_wanted(work, i) && work->verdicts[i] == METABASE_LEFT)
			buf_printf(&parts, "%s%s", parts.len > 0 ? ", " : "",
				   metabase_object_part(work->object->parts[i]));
	metabase_object_log_left(work->run, work->object->what, &parts);
	work->run->left++;
}

static bool change(struct work *work, int64_t id, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY), text = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(&body);
	char path[LONGEST_PATH];

	json_writer_open(&out, '{');
	if (metabase_true(&work->sides[1], "archived"))
		json_writer_key_bool(&out, "archived", false);
	for (int i = 0; work->object->parts[i]; i++) {
		struct json_at part = json_member(&work->sides[0], work->object->parts[i]);

		if (!is_wanted(work, i) || work->verdicts[i] != METABASE_SEND)
			continue;
		buf_reset(&text);
		json_write(&part, &text);
		json_writer_key(&out, work->object->parts[i]);
		json_writer_raw(&out, buf_text(&text), text.len);
	}
	json_writer_close(&out, '}');
	snprintf(path, sizeof(path), "%s/%" PRId64, work->object->path, id);
	return metabase_call(work->run->mb, &(struct metabase_request){ HTTP_PUT, path, &body },
			     NULL, err) ||
	       err_wrap(err, "%s", work->object->what);
}

/* Brings one that is there to its form. */
static bool keep_up(struct work *work, struct metabase_result *ret, struct err *err)
{
	struct metabase_run *run = work->run;
	bool trashed = metabase_true(&work->sides[1], "archived");

	if (trashed && !run->force) {
		metabase_object_log(
			run, "leave in the trash, where somebody put it:", work->object->what);
		run->left++;
		ret->trashed = true;
		return true;
	}
	judge(work);
	if (work->left > 0)
		log_left(work);
	if (work->send == 0 && !trashed) {
		run->kept += work->left == 0;
		return remember(work, ret->id, err);
	}
	metabase_object_log(run, "change", work->object->what);
	ret->written = true;
	if (run->dry_run)
		return true;
	return change(work, ret->id, err) && remember_written(work, ret->id, err);
}

/* The object's number: as remembered, if it is still there, else as find() has it. */
static bool locate(struct metabase_run *run, struct metabase_object *object, int64_t *id,
		   struct json **json, struct err *err)
{
	*id = metabase_state_find(run->state, object->key).id;
	if (*id > 0 && !read_object(run, object, *id, json, err))
		return false;
	*err = (struct err)ERR_INIT;
	if (*json)
		return true;
	*id = 0;
	if (!object->find(run, object, id, err))
		return false;
	if (*id > 0 && !read_object(run, object, *id, json, err))
		return false;
	*err = (struct err)ERR_INIT;
	*id = *json ? *id : 0;
	return true;
}

static bool ensure(struct work *work, struct metabase_result *ret, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct metabase_object *object = work->object;
	struct metabase_run *run = work->run;

	if (!locate(run, object, &ret->id, &json, err))
		return err_wrap(err, "%s", object->what);
	work->base.known = metabase_state_find(run->state, object->key);
	if (work->base.known.id != ret->id)
		work->base.known = (struct metabase_state_row){ 0, "", "" };
	if (json) {
		work->sides[1] = json_root(json);
		work->base.untouched = object->untouched && object->untouched(&work->sides[1]);
		return keep_up(work, ret, err);
	}
	metabase_object_log(run, "make", object->what);
	ret->written = ret->made = true;
	if (run->dry_run)
		return true;
	return make(run, object, &ret->id, err) && remember_written(work, ret->id, err);
}

bool metabase_object_ensure(struct metabase_run *run, struct metabase_object *object,
			    struct metabase_result *ret, struct err *err)
{
	struct work work = { .run = run, .object = object };
	bool ok;

	*ret = (struct metabase_result){ .id = 0 };
	work.base.force = run->force;
	work.base.take = object->take;
	work.wanted = json_parse(run->mb->json, buf_text(object->body), object->body->len, err);
	if (!work.wanted)
		return err_wrap(err, "%s", object->what);
	work.sides[0] = json_root(work.wanted);
	if (object->twin)
		work.other =
			json_parse(run->mb->json, buf_text(object->twin), object->twin->len, err);
	if (work.other) {
		work.twin = json_root(work.other);
		work.base.twin = &work.twin;
	}
	*err = (struct err)ERR_INIT;
	ok = ensure(&work, ret, err);
	json_free(&work.wanted);
	json_free(&work.other);
	return ok;
}
