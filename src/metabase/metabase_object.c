/* SPDX-License-Identifier: MIT */
#include "metabase_object.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_PATH 256
#define LONGEST_SHOWN (4u << 20)

void metabase_object_log(struct metabase_run *run, const char *verb, const char *what)
{
	buf_printf(run->report, "%s%s %s\n", run->dry_run ? "would " : "", verb, what);
}

static bool seen_hash(struct metabase_run *run, const struct metabase_object *object,
		      const struct json_at *at, char to[65], struct err *err)
{
	CLEANUP(buf_free) struct buf shown = BUF_MAX(LONGEST_SHOWN);

	to[0] = '\0';
	if (!object->show)
		return true;
	object->show(at, &shown);
	return metabase_state_hash(run->state, &shown, to, err);
}

/* *JSON is the object of that number; NULL where there is none. */
static bool read_object(struct metabase_run *run, const struct metabase_object *object, int64_t id,
			struct json **json, struct err *err)
{
	*json = metabase_get(run->mb, err, "%s/%" PRId64, object->path, id);
	return *json || err->kind == ERR_MISSING;
}

bool metabase_object_remember(struct metabase_run *run, const struct metabase_object *object,
			      int64_t id, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	char spec[65], seen[65];
	struct metabase_state_row row = { id, spec, seen };
	struct json_at root;

	if (!read_object(run, object, id, &json, err))
		return false;
	if (!json)
		return err_set(err, ERR_DATA, "%s is gone right after it was written",
			       object->what);
	root = json_root(json);
	return seen_hash(run, object, &root, seen, err) &&
	       metabase_state_hash(run->state, object->spec, spec, err) &&
	       metabase_state_put(run->state, object->key, &row, err);
}

static bool post(struct metabase_run *run, const struct metabase_object *object,
		 const struct buf *body, int64_t *id, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	const struct metabase_request what = { HTTP_POST, object->path, body };
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

	if (post(run, object, object->create, id, err))
		return true;
	if (err->kind == ERR_UNAVAILABLE) {
		found = *err;
		if (object->find(run, object, id, &found) && *id > 0)
			return true;
	}
	return err_wrap(err, "%s", object->what);
}

static bool change(struct metabase_run *run, const struct metabase_object *object, int64_t id,
		   struct err *err)
{
	char path[LONGEST_PATH];

	snprintf(path, sizeof(path), "%s/%" PRId64, object->path, id);
	return metabase_call(run->mb, &(struct metabase_request){ HTTP_PUT, path, object->change },
			     NULL, err) ||
	       err_wrap(err, "%s", object->what);
}

/* Whether to change an object that is there. */
static bool is_to_change(struct metabase_run *run, const struct metabase_object *object,
			 const struct json_at *at, struct metabase_result *ret, struct err *err)
{
	struct metabase_state_row known = metabase_state_find(run->state, object->key);
	char spec[65], seen[65];
	bool wanted;

	if (!metabase_state_hash(run->state, object->spec, spec, err) ||
	    !seen_hash(run, object, at, seen, err))
		return false;
	wanted = run->force || strcmp(spec, known.spec) != 0;
	if (metabase_true(at, "archived") && !run->force) {
		metabase_object_log(run,
				    "leave in the trash, where somebody put it:", object->what);
		run->left++;
		return false;
	}
	if (wanted && known.id == ret->id && known.seen[0] && strcmp(seen, known.seen) != 0 &&
	    !run->force) {
		metabase_object_log(
			run, "leave as somebody edited it (--force overwrites it):", object->what);
		ret->edited = true;
		run->left++;
		return false;
	}
	run->kept += !wanted;
	return wanted;
}

/* The object's number: as remembered, if it is still there, else as find() has it. */
static bool locate(struct metabase_run *run, struct metabase_object *object, int64_t *id,
		   struct json **json, struct err *err)
{
	*id = metabase_state_find(run->state, object->key).id;
	if (*id > 0 && !read_object(run, object, *id, json, err))
		return false;
	if (*json)
		return true;
	*id = 0;
	if (!object->find(run, object, id, err))
		return false;
	if (*id > 0 && !read_object(run, object, *id, json, err))
		return false;
	*id = *json ? *id : 0;
	return true;
}

bool metabase_object_ensure(struct metabase_run *run, struct metabase_object *object,
			    struct metabase_result *ret, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct json_at root;

	*ret = (struct metabase_result){ .id = 0 };
	*err = (struct err)ERR_INIT;
	if (!locate(run, object, &ret->id, &json, err))
		return err_wrap(err, "%s", object->what);
	*err = (struct err)ERR_INIT;
	if (json) {
		root = json_root(json);
		if (!is_to_change(run, object, &root, ret, err))
			return err->kind == ERR_NONE;
	}
	metabase_object_log(run, json ? "change" : "make", object->what);
	ret->written = true;
	ret->made = !json;
	if (run->dry_run)
		return true;
	if (json ? !change(run, object, ret->id, err) : !make(run, object, &ret->id, err))
		return false;
	*err = (struct err)ERR_INIT;
	return metabase_object_remember(run, object, ret->id, err);
}
