/* SPDX-License-Identifier: MIT */
#include "message.h"

#include <string.h>

#include "engine_types.h"
#include "json_sanitize.h"
#include "time_format.h"

/* As of a conversation: the bytes that an index can hold. */
#define LONGEST_ID 512

/* A type is a word, so that nothing that somebody wrote can pass for one. */
#define LONGEST_WORD 40

/* A name of a member. */
#define LONGEST_NAME 64

/* The longest value that the parser reads: an id, a time, the numbers of the page. */
#define LONGEST_VALUE 4096

/* A page that had to be repaired grows by a few bytes for each bad one. */
#define LONGEST_PAGE (64u << 20)

#define MOST_ATTACHMENTS 1000

/* ---- single values ---------------------------------------------------- */

static bool is_nothing(const struct json_span *text)
{
	return text->n == 0 || (text->n == 4 && memcmp(text->p, "null", 4) == 0);
}

/* A member of an object; an empty span where it is not there. */
static struct json_span member(const struct json_span *text, const char *key)
{
	struct json_span value = { .p = text->p, .n = 0 };

	if (!json_scan_member(text, key, &value))
		value.n = 0;
	return value;
}

static bool expected(const char *key, const char *what, struct err *err)
{
	return err_set(err, ERR_DATA, "$.%s: %s was expected", key, what);
}

/* A text; *RET is NULL where it is null or missing. */
static bool read_text(struct message_reader *r, const struct json_span *text, const char **ret)
{
	CLEANUP(json_free) struct json *json = NULL;
	struct err ignored;
	struct json_at at;
	const char *value;

	*ret = NULL;
	if (is_nothing(text))
		return true;
	if (*text->p != '"' || text->n > LONGEST_VALUE)
		return false;
	json = json_parse(r->json, text->p, text->n, &ignored);
	if (!json)
		return false;
	at = json_root(json);
	if (!json_string(&at, &value, &ignored))
		return false;
	*ret = arena_dup(r->arena, value);
	return true;
}

static bool read_id(struct message_reader *r, const struct json_span *text, const char **ret)
{
	if (read_text(r, text, ret) && (!*ret || (**ret && strlen(*ret) <= LONGEST_ID)))
		return true;
	*ret = NULL;
	return false;
}

static bool is_of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static bool read_word(struct message_reader *r, const struct json_span *text, const char **ret)
{
	const char *p;

	if (!read_text(r, text, ret))
		return false;
	for (p = *ret; p && *p; p++)
		if (!is_of_word(*p) || p - *ret == LONGEST_WORD)
			return false;
	return !*ret || **ret;
}

/* ---- texts that are only measured -------------------------------------- */

/* How many characters the escape at P stands for, and how long it is: half of a pair is none. */
static size_t escape_length(const char *p, int *characters)
{
	*characters = 1;
	if (p[1] != 'u')
		return 2;
	/* The second half of a pair: \uDC00 to \uDFFF. */
	if ((p[2] == 'd' || p[2] == 'D') && strchr("cdefCDEF", p[3]))
		*characters = 0;
	return 6;
}

/* The characters of a JSON string, which was judged before. */
static int64_t text_length(const struct json_span *text)
{
	const char *p = text->p + 1, *end = text->p + text->n - 1;
	int64_t n = 0;

	while (p < end) {
		int characters = ((unsigned char)*p & 0xc0) != 0x80;

		p += *p == '\\' ? escape_length(p, &characters) : 1;
		n += characters;
	}
	return n;
}

static const char *const kinds[MESSAGE_KINDS] = { "application", "audio", "font", "image",
						  "model",	 "other", "text", "video" };
#define KIND_OTHER 5

const char *message_kind(int i)
{
	return kinds[i];
}

/* The kind that a content type begins with: "image/jpeg" is an image. */
static unsigned int kind_of(const struct json_span *type)
{
	for (unsigned int i = 0; i < MESSAGE_KINDS; i++) {
		size_t n = strlen(kinds[i]);

		if (type->n > n + 1 && *type->p == '"' && type->p[n + 1] == '/' &&
		    memcmp(type->p + 1, kinds[i], n) == 0)
			return 1u << i;
	}
	return 1u << KIND_OTHER;
}

static bool read_attachments(const struct json_span *text, struct message *message)
{
	struct json_span at = *text, file;

	if (is_nothing(text))
		return true;
	if (*text->p != '[')
		return false;
	while (json_scan_element(&at, &file)) {
		struct json_span type = member(&file, "content_type");

		if (++message->attachments > MOST_ATTACHMENTS)
			return false;
		message->kinds |= kind_of(&type);
	}
	return at.n == 1;
}

/* ---- a message -------------------------------------------------------- */

static bool is_true(const struct json_span *text, const char *key)
{
	struct json_span value = member(text, key);

	return value.n == 4 && memcmp(value.p, "true", 4) == 0;
}

static bool is_note(const struct json_span *text, const char *type)
{
	static const char *const names[] = { "private", "internal", "note" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_true(text, names[i]) || strcmp(type, names[i]) == 0)
			return true;
	return false;
}

static bool read_sender(struct message_reader *r, const struct json_span *text,
			struct message *message, struct err *err)
{
	struct json_span sender = member(text, "sender"), type, id;

	if (is_nothing(&sender))
		return true;
	if (*sender.p != '{')
		return expected("sender", "an object or null", err);
	type = member(&sender, "type");
	id = member(&sender, "id");
	if (!read_word(r, &type, &message->sender_type))
		return expected("sender.type", "a word", err);
	return read_id(r, &id, &message->sender_id) ||
	       expected("sender.id", "a text that is not too long", err);
}

static bool read_created_at(struct message_reader *r, const struct json_span *text,
			    struct message *message)
{
	struct json_span value = member(text, "created_at");
	const char *time;

	return read_text(r, &value, &time) && time &&
	       time_parse(time, strlen(time), &message->created_at);
}

static bool read_content(const struct json_span *text, struct message *message)
{
	struct json_span content = member(text, "content");

	if (is_nothing(&content))
		return true;
	if (*content.p != '"')
		return false;
	message->text_length = text_length(&content);
	return true;
}

bool message_read(struct message_reader *reader, const struct json_span *text,
		  struct message *message, struct err *err)
{
	struct json_span id = member(text, "id"), type = member(text, "type"),
			 files = member(text, "attachments");

	*message = (struct message){ .text_length = -1, .created_at = TIME_NONE };
	if (*text->p != '{')
		return err_set(err, ERR_DATA, "$: an object was expected");
	if (!read_id(reader, &id, &message->id) || !message->id)
		return expected("id", "a text that is neither empty nor too long", err);
	if (!read_word(reader, &type, &message->type) || !message->type)
		return expected("type", "a word", err);
	if (!read_created_at(reader, text, message))
		return expected("created_at", "a time such as 2024-03-15T08:30:00Z", err);
	if (!read_content(text, message))
		return expected("content", "a string or null", err);
	if (!read_attachments(&files, message))
		return expected("attachments", "an array of at most 1000, or null", err);
	message->note = is_note(text, message->type);
	return read_sender(reader, text, message, err);
}

size_t message_members(struct message_reader *reader, const struct json_span *text,
		       const char *names[MESSAGE_MEMBERS])
{
	struct json_span at = *text, name, value;
	size_t n = 0;

	while (n < MESSAGE_MEMBERS && json_scan_each(&at, &name, &value)) {
		char shown[LONGEST_NAME];

		err_quote(shown, sizeof(shown), name.p, name.n);
		names[n++] = arena_dup(reader->arena, shown);
	}
	return n;
}

/* ---- the page --------------------------------------------------------- */

/* A number of meta; *RET stays as it is where that says nothing. */
static bool read_number(const struct json_at *meta, const char *key, int64_t most, int64_t *ret)
{
	struct json_at at = json_member(meta, key);
	struct err ignored;

	return json_is_nothing(&at) || (json_int(&at, ret, &ignored) && *ret >= 0 && *ret <= most);
}

static bool read_meta(struct message_reader *r, const struct json_span *text,
		      struct message_list *list, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	int64_t total = -1, page = list->page, per_page = list->per_page;
	struct json_at at;

	if (text->n == 0 || *text->p != '{' || text->n > LONGEST_VALUE)
		return expected("meta", "an object", err);
	json = json_parse(r->json, text->p, text->n, err);
	if (!json)
		return false;
	at = json_root(json);
	if (!read_number(&at, "total", INT32_MAX, &total) ||
	    !read_number(&at, "page", INT32_MAX, &page) ||
	    !read_number(&at, "per_page", PAGE_ROWS_MOST, &per_page) || page < 1 || per_page < 1)
		return expected("meta", "numbers that are not negative", err);
	list->untold = total < 0;
	list->total = total;
	list->page = (int)page;
	list->per_page = (int)per_page;
	return true;
}

bool message_list_begin(struct message_reader *reader, const char *body, size_t n,
			struct message_list *list, struct err *err)
{
	struct json_sanitize text = { .s = body, .n = n };
	struct json_span whole, meta;
	const char *wrong;

	arena_reset(reader->arena);
	reader->repaired = (struct buf){ .max = LONGEST_PAGE, .private = true };
	wrong = json_sanitize_repair(&text, &reader->repaired);
	if (wrong || reader->repaired.full)
		return err_set(err, ERR_DATA, "not JSON: %s", wrong ? wrong : "it is too long");
	whole = (struct json_span){ text.s, text.n };
	list->n = 0;
	list->rest = member(&whole, "data");
	meta = member(&whole, "meta");
	if (list->rest.n == 0 || *list->rest.p != '[')
		return expected("data", "an array", err);
	return read_meta(reader, &meta, list, err);
}

void message_list_end(struct message_reader *reader)
{
	buf_free(&reader->repaired);
}

bool message_list_next(struct message_list *list, struct json_span *text)
{
	if (list->n == PAGE_ROWS_MOST || !json_scan_element(&list->rest, text))
		return false;
	list->n++;
	return true;
}
