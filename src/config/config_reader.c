/* SPDX-License-Identifier: MIT */
#include "config_reader.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"
#include "log.h"
#include "mem.h"
#include "nearest.h"
#include "pg.h"
#include "secret.h"
#include "time_format.h"
#include "uri.h"

void config_reader_complain(struct config_reader *in, const struct yaml *node, const char *where,
			    const char *fmt, ...)
{
	char text[768], shown[1024], spot[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	/* Keys and values are somebody's: they are shown so that a complaint stays one line. */
	buf_printf(&in->complaints, "%s:%d:%d: %s: %s\n", node ? node->file : in->path,
		   node ? node->line : 1, node ? node->column : 1,
		   err_quote(spot, sizeof(spot), where, strlen(where)),
		   err_quote(shown, sizeof(shown), text, strlen(text)));
	in->n_complaints++;
}

/* ---- values ---------------------------------------------------------- */

/* The value that a reader of one type works on. */
struct value {
	struct config_reader *in;
	const struct key *key;
	const struct yaml *node;
	const char *where, *text;
	void *base, *to;
};

#define complain_of(v, ...) config_reader_complain((v)->in, (v)->node, (v)->where, __VA_ARGS__)

static void read_text(struct value *v)
{
	*(const char **)v->to = v->text;
}

static void read_url(struct value *v)
{
	struct err err;
	size_t n = strlen(v->text);

	if (!http_url_allowed(v->text, &err)) {
		complain_of(v, "%s", err.text);
		return;
	}
	while (n > 0 && v->text[n - 1] == '/')
		n--;
	*(const char **)v->to = arena_text(v->in->arena, v->text, n);
}

/* libpq's complaints quote the faulty text, and that may be a password. */
static bool may_be_quoted(const char *conninfo)
{
	return !strstr(conninfo, "://") && !strstr(conninfo, "pass");
}

static void read_conninfo(struct value *v)
{
	struct err err;
	bool has_password;

	*(const char **)v->to = v->text;
	if (!pg_conninfo_check(v->text, &has_password, &err))
		complain_of(v, "%s",
			    may_be_quoted(v->text) ? err.text
						   : "database: libpq cannot read this; psql "
						     "says where it goes wrong");
	else if (has_password)
		complain_of(v, "a password does not belong here; put it into a file and name that "
			       "as password_file");
}

static void read_secret(struct value *v)
{
	const char *section = v->in->secrets;
	size_t n = section ? strlen(section) : 0;
	struct err err;
	char *secret;

	*(const char **)v->to = v->text;
	if (section && (strncmp(v->where, section, n) != 0 || v->where[n] != '.'))
		return;
	secret = secret_read(v->text, v->in->path, &err);
	if (!secret)
		complain_of(v, "%s", err.text);
	*(char **)((char *)v->base + v->key->also) = secret;
}

static void read_int(struct value *v)
{
	char *end;
	long long n = strtoll(v->text, &end, 10);

	if (end == v->text || *end != '\0' || n < v->key->min || n > v->key->max)
		complain_of(v,
			    "a whole number from %" PRId64 " to %" PRId64
			    " was expected, not \"%s\"",
			    v->key->min, v->key->max, v->text);
	else
		*(int64_t *)v->to = n;
}

static void read_percent(struct value *v)
{
	char *end;
	long long n = strtoll(v->text, &end, 10);

	if (end == v->text || strcmp(end, "%") != 0 || n < v->key->min || n > v->key->max)
		complain_of(v,
			    "a share from %" PRId64 "%% to %" PRId64 "%% was expected, not \"%s\"",
			    v->key->min, v->key->max, v->text);
	else
		*(int64_t *)v->to = n;
}

static void read_duration(struct value *v)
{
	char least[TIME_FORMAT_SIZE], most[TIME_FORMAT_SIZE];
	int64_t n;

	if (!duration_parse(v->text, &n))
		complain_of(v, "a duration such as 30s, 5m, 2h or 1d was expected, not \"%s\"",
			    v->text);
	else if (n < v->key->min || n > v->key->max)
		complain_of(v, "a duration from %s to %s was expected, not %s",
			    duration_format(v->key->min, least), duration_format(v->key->max, most),
			    v->text);
	else
		*(int64_t *)v->to = n;
}

static void read_clock(struct value *v)
{
	if (!time_parse_clock(v->text, v->to))
		complain_of(v, "a time of day such as \"02:30\" was expected, not \"%s\"", v->text);
}

/* Whether the file is one of the zones (tzfile(5)); lists and directories stand beside them. */
static bool is_zone(const char *path)
{
	FILE *file = fopen(path, "re");
	char magic[4] = "";
	bool is = file && fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
		  memcmp(magic, "TZif", sizeof(magic)) == 0;

	if (file)
		fclose(file);
	return is;
}

static void read_zone(struct value *v)
{
	char path[512];

	*(const char **)v->to = v->text;
	for (const char *p = v->text; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("/_+-", *p)) {
			complain_of(
				v,
				"an IANA time zone such as Asia/Jakarta was expected, not \"%s\"",
				v->text);
			return;
		}
	}
	/* Where there is no list of zones, the database has the last word. */
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", v->text);
	if (access("/usr/share/zoneinfo/Asia", F_OK) == 0 && (v->text[0] == '/' || !is_zone(path)))
		complain_of(v,
			    "there is no time zone \"%s\"; Indonesia has Asia/Jakarta, "
			    "Asia/Makassar and Asia/Jayapura",
			    v->text);
}

static void read_listen(struct value *v)
{
	char host[URI_HOST_SIZE];
	int port;

	*(const char **)v->to = v->text;
	if (!uri_address(v->text, host, &port))
		complain_of(v,
			    "an address and a port such as \"127.0.0.1:9797\" were expected, not "
			    "\"%s\"",
			    v->text);
}

static void read_keep(struct value *v)
{
	bool keep = strcmp(v->text, "keep") == 0;

	if (!keep && strcmp(v->text, "drop") != 0)
		complain_of(v, "keep or drop was expected, not \"%s\"", v->text);
	*(bool *)v->to = keep;
}

static void read_level(struct value *v)
{
	enum log_level level = LEVEL_INFO;

	if (!log_level_parse(v->text, &level))
		complain_of(v, "error, warning, notice, info or debug was expected, not \"%s\"",
			    v->text);
	*(int *)v->to = (int)level;
}

static void read_choice(struct value *v)
{
	size_t n = strlen(v->text);
	int place = 0;

	for (const char *at = v->key->choices; at; place++) {
		size_t len = strcspn(at, "|");

		if (len == n && strncmp(at, v->text, n) == 0) {
			*(int *)v->to = place;
			return;
		}
		at = at[len] ? at + len + 1 : NULL;
	}
	complain_of(v, "%s was expected, not \"%s\"", v->key->choices, v->text);
}

/* The readers of plain values. */
static void (*const readers[])(struct value *v) = {
	[KEY_TEXT] = read_text,		 [KEY_URL] = read_url,	   [KEY_CONNINFO] = read_conninfo,
	[KEY_SECRET_FILE] = read_secret, [KEY_INT] = read_int,	   [KEY_PERCENT] = read_percent,
	[KEY_DURATION] = read_duration,	 [KEY_CLOCK] = read_clock, [KEY_ZONE] = read_zone,
	[KEY_LISTEN] = read_listen,	 [KEY_KEEP] = read_keep,   [KEY_LEVEL] = read_level,
	[KEY_CHOICE] = read_choice,
};

/* ---- structures ------------------------------------------------------ */

static void unknown_key(struct config_reader *in, const struct key *keys, const struct yaml *node,
			const char *where)
{
	struct nearest nearest = nearest_to(node->text);

	for (const struct key *k = keys; k->name; k++)
		nearest_try(&nearest, k->name);
	if (nearest.found)
		config_reader_complain(in, node, where, "there is no such key; did you mean %s?",
				       nearest.found);
	else
		config_reader_complain(in, node, where, "there is no such key");
}

static const char *join(struct config_reader *in, const char *where, const char *name)
{
	return *where ? arena_printf(in->arena, "%s.%s", where, name) : name;
}

static const struct key *find(const struct key *keys, const char *name)
{
	for (const struct key *k = keys; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

/* A value that may have a password in it, without that. */
static void hide(struct buf *out, const char *where, const char *text)
{
	const char *slashes = strstr(text, "://"), *at = slashes ? strchr(slashes, '@') : NULL;

	if (strstr(where, "_command"))
		buf_printf(out, "%.*s ...", (int)strcspn(text, " "), text);
	else if (at && at < slashes + 3 + strcspn(slashes + 3, "/"))
		buf_printf(out, "%.*s***%s", (int)(slashes - text) + 3, text, at);
	else
		buf_str(out, text);
}

static void show(struct config_reader *in, const struct yaml *node, const char *where,
		 const char *text)
{
	char shown[1024];
	CLEANUP(buf_free) struct buf value = BUF_MAX(sizeof(shown));

	if (!in->shown)
		return;
	hide(&value, where, text);
	buf_printf(in->shown, "%s: %s  # ", where,
		   err_quote(shown, sizeof(shown), buf_text(&value), value.len));
	if (node)
		buf_printf(in->shown, "%s:%d\n", node->file, node->line);
	else
		buf_str(in->shown, "default\n");
}

static void read_list(struct config_reader *in, const struct key *key, const struct yaml *node,
		      const char *where, void *base)
{
	size_t n = node ? node->n : 0;
	char *elements;

	if (node && node->kind != YAML_LIST) {
		config_reader_complain(in, node, where,
				       "a list was expected, each entry beginning with \"- \"");
		return;
	}
	if (n == 0) {
		config_reader_complain(in, node, where, "at least one entry was expected");
		return;
	}
	elements = arena_alloc(in->arena, n * key->size);
	for (size_t i = 0; i < n; i++)
		config_reader_section(in, key->keys, node->values[i],
				      arena_printf(in->arena, "%s[%zu]", where, i),
				      elements + i * key->size);
	*(void **)((char *)base + key->offset) = elements;
	*(size_t *)((char *)base + key->also) = n;
}

static void read_scalar(struct config_reader *in, const struct key *key, const struct yaml *node,
			const char *where, void *base)
{
	struct value v = { .in = in,
			   .key = key,
			   .node = node,
			   .where = where,
			   .base = base,
			   .to = (char *)base + key->offset };

	assert((size_t)key->type < ARRAY_SIZE(readers) && readers[key->type]);
	v.text = node ? node->text : key->fallback;
	if (node && node->kind != YAML_SCALAR)
		complain_of(&v, "one value was expected, not a %s",
			    node->kind == YAML_LIST ? "list" : "map");
	else if (v.text && *v.text == '\0')
		complain_of(&v, "the value is missing");
	else if (v.text) {
		readers[key->type](&v);
		show(in, node, where, v.text);
	} else if (key->required)
		complain_of(&v, "this key is missing");
}

static void read_key(struct config_reader *in, const struct key *key, const struct yaml *node,
		     const char *where, void *base)
{
	void *to = (char *)base + key->offset;

	switch (key->type) {
	case KEY_SECTION:
		config_reader_section(in, key->keys, node, where, to);
		break;
	case KEY_LIST:
		read_list(in, key, node, where, base);
		break;
	case KEY_OWN:
		key->read(in, node, where, to);
		if (node)
			show(in, node, where, "(as written there)");
		break;
	default:
		read_scalar(in, key, node, where, base);
		break;
	}
}

void config_reader_section(struct config_reader *in, const struct key *keys,
			   const struct yaml *node, const char *where, void *base)
{
	if (node && node->kind == YAML_SCALAR && node->is_null)
		node = NULL;
	if (node && node->kind != YAML_MAP) {
		config_reader_complain(in, node, where,
				       "keys and values were expected, such as \"%s: ...\"",
				       keys[0].name);
		return;
	}
	for (size_t i = 0; node && i < node->n; i++)
		if (!find(keys, node->keys[i]->text))
			unknown_key(in, keys, node->keys[i], join(in, where, node->keys[i]->text));
	for (const struct key *k = keys; k->name; k++) {
		const struct yaml *value = node ? yaml_get(node, k->name) : NULL;

		if (!value && k->optional)
			continue;
		read_key(in, k, value, join(in, where, k->name), base);
	}
}

static bool same_text(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	return x && y ? strcmp(x, y) == 0 : x == y;
}

static bool same_value(const struct key *key, const char *a, const char *b)
{
	size_t at = key->offset;

	switch (key->type) {
	case KEY_INT:
	case KEY_PERCENT:
	case KEY_DURATION:
		return *(const int64_t *)(a + at) == *(const int64_t *)(b + at);
	case KEY_CLOCK:
	case KEY_LEVEL:
	case KEY_CHOICE:
		return *(const int *)(a + at) == *(const int *)(b + at);
	case KEY_KEEP:
		return *(const bool *)(a + at) == *(const bool *)(b + at);
	case KEY_SECRET_FILE:
		return same_text(a + key->also, b + key->also);
	case KEY_SECTION:
		return config_reader_same(key->keys, a + at, b + at);
	case KEY_OWN:
	case KEY_LIST:
		return false;
	default:
		return same_text(a + at, b + at);
	}
}

bool config_reader_same(const struct key *keys, const void *a, const void *b)
{
	for (const struct key *k = keys; k->name; k++)
		if (!k->later && !same_value(k, a, b))
			return false;
	return true;
}

void config_reader_wipe(const struct key *keys, void *base)
{
	for (const struct key *k = keys; k->name; k++) {
		char *at = (char *)base + k->offset;

		if (k->type == KEY_SECRET_FILE)
			mem_free_secret((char **)((char *)base + k->also));
		else if (k->type == KEY_SECTION)
			config_reader_wipe(k->keys, at);
		else if (k->type == KEY_LIST)
			for (size_t i = 0; i < *(size_t *)((char *)base + k->also); i++)
				config_reader_wipe(k->keys, *(char **)at + i * k->size);
	}
}
