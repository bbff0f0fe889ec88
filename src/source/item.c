/* SPDX-License-Identifier: MIT */
#include "item.h"

#include <stdlib.h>
#include <string.h>

#include "json_writer.h"
#include "time_format.h"

/* The bytes that a PostgreSQL index can hold, with room to spare. */
#define LONGEST_ID 512
#define LONGEST_STATUS 100
#define LONGEST_LABEL 1000
#define MOST_LABELS 1000

/* Bytes of the members of one item that no column knows. */
#define LONGEST_REST (64u << 20)

/* An item while it is being read. */
struct reading {
	struct item_reader *reader;
	struct item *item;
	struct err *err;
};

const struct item_column *item_columns(size_t *n)
{
	static const struct item_column columns[] = {
		{ "id", ITEM_TEXT, offsetof(struct item, id) },
		{ "status", ITEM_TEXT, offsetof(struct item, status) },
		{ "channel_id", ITEM_TEXT, offsetof(struct item, channel_id) },
		{ "contact_id", ITEM_TEXT, offsetof(struct item, contact_id) },
		{ "assignee_id", ITEM_TEXT, offsetof(struct item, assignee_id) },
		{ "team_id", ITEM_TEXT, offsetof(struct item, team_id) },
		{ "created_at", ITEM_TIME, offsetof(struct item, created_at) },
		{ "updated_at", ITEM_TIME, offsetof(struct item, updated_at) },
		{ "labels", ITEM_TEXTS, offsetof(struct item, labels) },
		{ "extra", ITEM_JSON, offsetof(struct item, extra) },
	};

	*n = ARRAY_SIZE(columns);
	return columns;
}

void item_reader_free(struct item_reader *reader)
{
	buf_free(&reader->extra);
	buf_free(&reader->rest);
}

/* ---- single values --------------------------------------------------- */

/* A text that may be null. */
static bool read_text(struct reading *r, const struct json_at *at, const char **ret)
{
	return json_is_nothing(at) || json_string(at, ret, r->err);
}

/* A text that an index has to hold, and that names something: it is not empty. */
static bool read_name(struct reading *r, const struct json_at *at, size_t longest, const char **ret)
{
	const char *text;

	if (json_is_nothing(at))
		return true;
	if (!json_string(at, &text, r->err))
		return false;
	if (*text == '\0')
		return json_expected(at, "a text that is not empty", r->err);
	if (strlen(text) > longest)
		return json_expected(at, "a shorter text", r->err);
	*ret = text;
	return true;
}

static bool read_time(struct reading *r, const struct json_at *at, int64_t *ret)
{
	const char *text;

	if (json_is_nothing(at))
		return true;
	if (!json_string(at, &text, r->err))
		return false;
	return time_parse(text, strlen(text), ret) ||
	       json_expected(at, "a time such as 2024-03-15T08:30:00Z", r->err);
}

/* ---- members that no column knows -------------------------------------- */

/* Adds KEY and the value at AT to the members that OUT collects. */
static void keep_member(struct buf *out, const struct json_at *at)
{
	struct json_writer json = JSON_WRITER_TO(out);

	json.comma = out->len > 0;
	json_writer_key(&json, at->key);
	json_write(at, out);
}

/* The members as an object's text, on the arena; NULL when there are none. */
static const char *as_object(struct reading *r, const struct buf *members)
{
	if (members->len == 0)
		return NULL;
	return arena_printf(r->reader->arena, "{%s}", buf_text(members));
}

/* ---- objects inside an item ------------------------------------------ */

/* A member of an object inside an item, and where its text goes. */
struct known_member {
	const char *key;
	const char **to;
	bool is_id;
};

/*
 * Reads the known MEMBERS of the object at AT; others are collected as the reader's rest. An object
 * without an id names nothing: all of it is rest.
 */
static bool read_members(struct reading *r, const struct json_at *at,
			 const struct known_member *members, size_t n)
{
	struct json_each each = json_members(at);
	struct json_at member, id = json_member(at, "id");
	bool named = !json_is_nothing(&id);

	buf_reset(&r->reader->rest);
	if (json_kind(at) != JSON_OBJECT)
		return json_expected(at, "an object or null", r->err);
	while (json_next(&each, &member)) {
		const struct known_member *known = NULL;

		for (size_t i = 0; i < n && !known; i++)
			if (strcmp(members[i].key, member.key) == 0)
				known = &members[i];
		if (!known || !named) {
			keep_member(&r->reader->rest, &member);
			continue;
		}
		if (!(known->is_id ? read_name(r, &member, LONGEST_ID, known->to)
				   : read_text(r, &member, known->to)))
			return false;
	}
	return true;
}

/*
 * As read_members(), for an object whose rest goes into the item's extra, under
 * the object's own key.
 */
static bool read_object(struct reading *r, const struct json_at *at,
			const struct known_member *members, size_t n)
{
	struct buf *extra = &r->reader->extra, *rest = &r->reader->rest;
	struct json_writer json = JSON_WRITER_TO(extra);

	if (json_is_nothing(at))
		return true;
	if (!read_members(r, at, members, n))
		return false;
	if (rest->len == 0)
		return true;
	json.comma = extra->len > 0;
	json_writer_key(&json, at->key);
	buf_char(extra, '{');
	buf_add(extra, rest->data, rest->len);
	buf_char(extra, '}');
	return true;
}

static bool read_channel(struct reading *r, const struct json_at *at)
{
	const struct known_member members[] = {
		{ "id", &r->item->channel_id, true },
		{ "type", &r->item->channel_type, false },
		{ "name", &r->item->channel_name, false },
	};

	return read_object(r, at, members, ARRAY_SIZE(members));
}

static bool read_assignee(struct reading *r, const struct json_at *at)
{
	const struct known_member members[] = {
		{ "id", &r->item->assignee_id, true },
		{ "name", &r->item->assignee_name, false },
	};

	return read_object(r, at, members, ARRAY_SIZE(members));
}

static bool read_team(struct reading *r, const struct json_at *at)
{
	const struct known_member members[] = {
		{ "id", &r->item->team_id, true },
		{ "name", &r->item->team_name, false },
	};

	return read_object(r, at, members, ARRAY_SIZE(members));
}

/*
 * A team may come as an object or as its id alone; the object knows more. Where
 * the two disagree, the other id is kept in the rest.
 */
static bool read_team_id(struct reading *r, const struct json_at *at)
{
	const char *id = NULL;

	if (!r->item->team_id)
		return read_name(r, at, LONGEST_ID, &r->item->team_id);
	if (!read_name(r, at, LONGEST_ID, &id))
		return false;
	if (id && strcmp(id, r->item->team_id) != 0)
		keep_member(&r->reader->extra, at);
	return true;
}

static bool drops_any(const struct item_privacy *privacy)
{
	return privacy->drop_name || privacy->drop_phone;
}

/* Whether an object has a member that is not null. */
static bool says_anything(const struct json_at *at)
{
	struct json_each each = json_members(at);
	struct json_at member;

	while (json_next(&each, &member))
		if (!json_is_nothing(&member))
			return true;
	return false;
}

/* The row of a contact that has no id; the conversation's id has been read before. */
static const char *row_without_id(struct reading *r)
{
	return arena_printf(r->reader->arena, "conversation:%s", r->item->id);
}

/* The digits of a phone: however it is written, the same number gives the same key. */
static size_t read_digits(const char *phone, char *digits, size_t size)
{
	size_t n = 0;

	for (const char *p = phone; *p && n < size; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	return n;
}

/* The keyed hash of a phone; NULL for a text without a digit. */
static const unsigned char *hash_phone(struct reading *r, const char *phone)
{
	char digits[64];
	size_t n = read_digits(phone, digits, sizeof(digits));
	unsigned char *key;

	if (n == 0)
		return NULL;
	key = arena_alloc(r->reader->arena, HMAC_SIZE);
	hmac_sign(&r->reader->privacy.key, digits, n, key);
	return key;
}

/* The contact is the one place with personal data in it; the parts to be dropped end here. */
static bool keep_contact(struct reading *r, const struct json_at *at)
{
	const struct item_privacy *privacy = &r->reader->privacy;
	struct item *item = r->item;

	if (privacy->hash_phone && item->contact_phone)
		item->phone_key = hash_phone(r, item->contact_phone);
	if (privacy->drop_name)
		item->contact_name = NULL;
	if (privacy->drop_phone)
		item->contact_phone = NULL;
	/* An unknown member may be a name or a phone by another word. */
	if (drops_any(privacy) || (!item->contact_id && !says_anything(at)))
		return true;
	item->contact_extra = as_object(r, &r->reader->rest);
	if (!item->contact_id)
		item->contact_row = row_without_id(r);
	return true;
}

static bool read_contact(struct reading *r, const struct json_at *at)
{
	struct item *item = r->item;
	const struct known_member members[] = {
		{ "id", &item->contact_id, true },
		{ "name", &item->contact_name, false },
		{ "phone", &item->contact_phone, false },
	};
	char path[256];

	if (json_is_nothing(at))
		return true;
	if (read_members(r, at, members, ARRAY_SIZE(members)))
		return keep_contact(r, at);
	/* The sentence would show the value. */
	if (drops_any(&r->reader->privacy))
		err_set(r->err, ERR_DATA, "%s: a value of another type was expected",
			json_path(at, path, sizeof(path)));
	return false;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_labels(struct reading *r, const struct json_at *at)
{
	size_t n = json_length(at), kept = 0;
	const char **labels;

	if (json_is_nothing(at))
		return true;
	if (json_kind(at) != JSON_ARRAY)
		return json_expected(at, "an array of strings", r->err);
	if (n > MOST_LABELS)
		return json_expected(at, "fewer labels", r->err);
	labels = arena_alloc(r->reader->arena, n * sizeof(*labels));
	for (size_t i = 0; i < n; i++) {
		struct json_at label = json_element(at, i);

		if (json_is_nothing(&label))
			return json_expected(&label, "a string", r->err);
		if (!read_name(r, &label, LONGEST_LABEL, &labels[i]))
			return false;
	}
	qsort(labels, n, sizeof(*labels), compare_texts);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(labels[i], labels[kept - 1]) != 0)
			labels[kept++] = labels[i];
	r->item->labels = labels;
	r->item->n_labels = kept;
	return true;
}

/* ---- the item -------------------------------------------------------- */

static bool read_id(struct reading *r, const struct json_at *at)
{
	return read_name(r, at, LONGEST_ID, &r->item->id);
}

static bool read_status(struct reading *r, const struct json_at *at)
{
	return read_name(r, at, LONGEST_STATUS, &r->item->status);
}

static bool read_created_at(struct reading *r, const struct json_at *at)
{
	return read_time(r, at, &r->item->created_at);
}

static bool read_updated_at(struct reading *r, const struct json_at *at)
{
	return read_time(r, at, &r->item->updated_at);
}

/* The fields of a conversation that have a column; every other one goes to extra. */
static const struct field {
	const char *key;
	bool (*read)(struct reading *r, const struct json_at *at);
	bool required;
} fields[] = {
	{ "id", read_id, true },
	{ "status", read_status, true },
	{ "created_at", read_created_at, true },
	{ "updated_at", read_updated_at, false },
	{ "channel", read_channel, false },
	{ "contact", read_contact, false },
	{ "assignee", read_assignee, false },
	{ "team", read_team, false },
	{ "team_id", read_team_id, false },
	{ "labels", read_labels, false },
};

static bool is_field(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i].key, key) == 0)
			return true;
	return false;
}

static bool read_fields(struct reading *r, const struct json_at *at)
{
	if (json_kind(at) != JSON_OBJECT)
		return json_expected(at, "an object", r->err);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct json_at member = json_member(at, fields[i].key);

		if (fields[i].required && json_is_nothing(&member))
			return json_expected(&member, "a value", r->err);
		if (!fields[i].read(r, &member))
			return false;
	}
	return true;
}

static void read_extra(struct reading *r, const struct json_at *at)
{
	struct json_each each = json_members(at);
	struct json_at member;

	while (json_next(&each, &member))
		if (!is_field(member.key))
			keep_member(&r->reader->extra, &member);
	r->item->extra = as_object(r, &r->reader->extra);
}

bool item_read(struct item_reader *reader, const struct json_at *at, struct item *item,
	       struct err *err)
{
	struct reading r = { reader, item, err };

	*item = (struct item){ .created_at = TIME_NONE, .updated_at = TIME_NONE };
	reader->extra.max = reader->rest.max = LONGEST_REST;
	buf_reset(&reader->extra);
	if (!read_fields(&r, at))
		return false;
	read_extra(&r, at);
	return true;
}

void item_salvage(struct item_reader *reader, const struct json_at *at, struct item *item)
{
	struct err ignored;
	struct reading r = { reader, item, &ignored };
	struct json_at id = json_member(at, "id"), contact = json_member(at, "contact"),
		       contact_id = json_member(&contact, "id");
	struct json_at created_at = json_member(at, "created_at");

	*item = (struct item){ .created_at = TIME_NONE, .updated_at = TIME_NONE };
	/* Each is left empty where it cannot be read; nothing else is asked of them here. */
	(void)!read_id(&r, &id);
	(void)!read_created_at(&r, &created_at);
	(void)!read_name(&r, &contact_id, LONGEST_ID, &item->contact_id);
}

/* ---- as JSON --------------------------------------------------------- */

static void write_contact(const struct item_privacy *privacy, const struct json_at *at,
			  struct json_writer *json)
{
	const struct {
		const char *key;
		bool dropped;
	} members[] = {
		{ "id", false },
		{ "name", privacy->drop_name },
		{ "phone", privacy->drop_phone },
	};

	json_writer_open(json, '{');
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct json_at value = json_member(at, members[i].key);

		if (members[i].dropped || json_kind(&value) != JSON_STRING)
			continue;
		json_writer_key(json, members[i].key);
		json_write(&value, json->buf);
		json->comma = true;
	}
	json_writer_close(json, '}');
}

void item_write(const struct item_reader *reader, const struct json_at *at, struct buf *out)
{
	struct json_each each = json_members(at);
	struct json_writer json = JSON_WRITER_TO(out);
	struct json_at member;

	if (!drops_any(&reader->privacy) || json_kind(at) != JSON_OBJECT) {
		json_write(at, out);
		return;
	}
	json_writer_open(&json, '{');
	while (json_next(&each, &member)) {
		json_writer_key(&json, member.key);
		if (strcmp(member.key, "contact") == 0)
			write_contact(&reader->privacy, &member, &json);
		else
			json_write(&member, out);
		json.comma = true;
	}
	json_writer_close(&json, '}');
}
