/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "page.h"

enum kind {
	TEXT,
	INTEGER,
	FRACTION,
	MIX,
	ORDER,
	SWITCH,
	CHOICE,
};

struct row {
	struct settings_option
		option;	    /* without a name: not on the command line; such rows are the last */
	const char *member; /* NULL: cannot be changed later */
	enum kind kind;
	size_t offset;
	int64_t least, most;
	const char *const *choices; /* of a CHOICE, which is kept as its place among them */
	const char *preset;	    /* its default, as a text like any other */
};

/* In the order of enum conversation_status. */
static const char *const status_choices[] = {
	"open", "pending", "resolved", "snoozed", "none", NULL
};

/* In the order of enum settings_beyond. */
static const char *const beyond_choices[] = { "400", "404", "422", "empty", "repeat", NULL };

/* In the order of enum settings_filters, settings_twice, world_ids and world_times. */
static const char *const filters_choices[] = { "heeded", "ignored", "nothing", "assigned",
					       "null",	 "object",  NULL };
static const char *const twice_choices[] = {
	"never", "beside", "counted", "instead", "older", NULL
};
static const char *const ids_choices[] = { "text", "number", "mixed", NULL };
static const char *const times_choices[] = { "utc", "offset", "mixed", NULL };

/* In the order of enum settings_signature. */
static const char *const signature_choices[] = { "hex", "sha256", "base64", NULL };

#define AT(member) offsetof(struct settings, member)

static const struct row rows[] = {
	{ .option = { "conversations", "N", "how many there are at the start (20000)" },
	  .kind = INTEGER,
	  .offset = AT(conversations),
	  .most = 50000000,
	  .preset = "20000" },
	{ .option = { "seed", "N", "makes another world (1)" },
	  .kind = INTEGER,
	  .offset = AT(seed),
	  .most = INT64_MAX,
	  .preset = "1" },
	{ .option = { "key", "KEY", "the API key of the workspace (sk_live_sandbox)" },
	  .kind = TEXT,
	  .offset = AT(key),
	  .preset = "sk_live_sandbox" },
	{ .option = { "marker", "WORD",
		      "stands in every text, name, file and URL of messages (rahasia)" },
	  .kind = TEXT,
	  .offset = AT(marker),
	  .preset = "rahasia" },
	{ .option = { "order", "ORDER", "how lists are ordered (updated_desc)" },
	  .member = "order",
	  .kind = ORDER,
	  .offset = AT(order),
	  .preset = "updated_desc" },
	{ .option = { "resolved", "PERCENT", "conversations that are resolved at the start (97)" },
	  .kind = INTEGER,
	  .offset = AT(resolved),
	  .most = 100,
	  .preset = "97" },
	{ .option = { "days", "N", "the past over which they are spread (180)" },
	  .kind = INTEGER,
	  .offset = AT(days),
	  .least = 1,
	  .most = 3650,
	  .preset = "180" },
	{ .option = { "requests-per-minute", "N", "the quota of the key, 0 for none (0)" },
	  .member = "requests_per_minute",
	  .kind = INTEGER,
	  .offset = AT(requests_per_minute),
	  .most = 1000000,
	  .preset = "0" },
	{ .option = { "latency", "MS", "milliseconds that every answer takes (0)" },
	  .member = "latency_ms",
	  .kind = INTEGER,
	  .offset = AT(latency_ms),
	  .most = 600000,
	  .preset = "0" },
	{ .option = { "drift", "MIX", "kinds of change and their weights, KIND=WEIGHT,..." },
	  .member = "drift",
	  .kind = MIX,
	  .offset = AT(drift),
	  .preset = "create=2,update=6,resolve=4,reopen=1,reassign=2,relabel=2,snooze=1,silent=1,"
		    "delete=0" },
	{ .option = { "drift-per-request", "X", "changes before each list, on average (0)" },
	  .member = "drift_per_request",
	  .kind = FRACTION,
	  .offset = AT(drift_per_request),
	  .most = 1000000,
	  .preset = "0" },
	{ .option = { "drift-per-second", "X", "changes in each second, on average (0)" },
	  .member = "drift_per_second",
	  .kind = FRACTION,
	  .offset = AT(drift_per_second),
	  .most = 1000000,
	  .preset = "0" },
	{ .option = { "late", "SECONDS", "changes become visible up to so much later (0)" },
	  .member = "late",
	  .kind = INTEGER,
	  .offset = AT(late),
	  .most = 86400,
	  .preset = "0" },
	{ .member = "lag_seconds",
	  .kind = INTEGER,
	  .offset = AT(lag),
	  .most = 86400,
	  .preset = "0" },
	{ .member = "date_skew_seconds",
	  .kind = INTEGER,
	  .offset = AT(date_skew),
	  .least = -315360000,
	  .most = 315360000,
	  .preset = "0" },
	{ .member = "per_page_max",
	  .kind = INTEGER,
	  .offset = AT(per_page_max),
	  .least = 1,
	  .most = 1000,
	  .preset = "100" },
	{ .member = "no_date", .kind = SWITCH, .offset = AT(no_date), .preset = "false" },
	{ .member = "depth",
	  .kind = INTEGER,
	  .offset = AT(depth),
	  .most = UINT32_MAX,
	  .preset = "0" },
	{ .member = "beyond",
	  .kind = CHOICE,
	  .offset = AT(beyond),
	  .choices = beyond_choices,
	  .preset = "422" },
	{ .member = "leaves_out",
	  .kind = CHOICE,
	  .offset = AT(leaves_out),
	  .choices = status_choices,
	  .preset = "none" },
	{ .member = "window_seconds",
	  .kind = INTEGER,
	  .offset = AT(window),
	  .most = 315360000,
	  .preset = "0" },
	{ .member = "total",
	  .kind = CHOICE,
	  .offset = AT(total_as),
	  .choices = page_total_names,
	  .preset = "number" },
	{ .member = "total_most",
	  .kind = INTEGER,
	  .offset = AT(total_most),
	  .most = UINT32_MAX,
	  .preset = "0" },
	{ .member = "filters",
	  .kind = CHOICE,
	  .offset = AT(filters),
	  .choices = filters_choices,
	  .preset = "heeded" },
	{ .member = "twice",
	  .kind = CHOICE,
	  .offset = AT(twice),
	  .choices = twice_choices,
	  .preset = "never" },
	{ .member = "twice_every",
	  .kind = INTEGER,
	  .offset = AT(twice_every),
	  .least = 1,
	  .most = 1000000,
	  .preset = "17" },
	{ .member = "pages_share",
	  .kind = INTEGER,
	  .offset = AT(pages_share),
	  .most = 1000,
	  .preset = "0" },
	{ .member = "per_page_least",
	  .kind = INTEGER,
	  .offset = AT(per_page_least),
	  .most = 1000,
	  .preset = "0" },
	{ .member = "per_page_untold",
	  .kind = SWITCH,
	  .offset = AT(per_page_untold),
	  .preset = "false" },
	{ .member = "total_seconds",
	  .kind = INTEGER,
	  .offset = AT(total_seconds),
	  .most = 86400,
	  .preset = "0" },
	{ .member = "lists_late",
	  .kind = INTEGER,
	  .offset = AT(lists_late),
	  .most = 86400,
	  .preset = "0" },
	{ .member = "gets_late",
	  .kind = INTEGER,
	  .offset = AT(gets_late),
	  .most = 86400,
	  .preset = "0" },
	{ .member = "ids",
	  .kind = CHOICE,
	  .offset = AT(ids),
	  .choices = ids_choices,
	  .preset = "text" },
	{ .member = "times",
	  .kind = CHOICE,
	  .offset = AT(times),
	  .choices = times_choices,
	  .preset = "utc" },
	{ .member = "unassigned_refused",
	  .kind = SWITCH,
	  .offset = AT(unassigned_refused),
	  .preset = "false" },
	{ .member = "mistyped", .kind = SWITCH, .offset = AT(mistyped), .preset = "false" },
	{ .member = "webhook_signature",
	  .kind = CHOICE,
	  .offset = AT(webhook_signature),
	  .choices = signature_choices,
	  .preset = "hex" },
	{ .member = "webhook_repeat",
	  .kind = INTEGER,
	  .offset = AT(webhook_repeat),
	  .most = 100,
	  .preset = "0" },
	{ .member = "webhook_forge",
	  .kind = INTEGER,
	  .offset = AT(webhook_forge),
	  .most = 100,
	  .preset = "0" },
	{ .member = "webhook_disorder_ms",
	  .kind = INTEGER,
	  .offset = AT(webhook_disorder_ms),
	  .most = 600000,
	  .preset = "0" },
	{ .member = "webhook_silent",
	  .kind = SWITCH,
	  .offset = AT(webhook_silent),
	  .preset = "false" },
};

_Static_assert(ARRAY_SIZE(rows) <= SETTINGS_MOST, "SETTINGS_MOST is too small");

/* ---- one value --------------------------------------------------------- */

static bool read_integer(const struct row *row, const char *text, int64_t *ret, struct err *err)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (end == text || *end || errno || n < row->least || n > row->most)
		return err_set(err, ERR_USAGE,
			       "\"%s\" is not a whole number from %" PRId64 " to %" PRId64, text,
			       row->least, row->most);
	*ret = n;
	return true;
}

static bool read_fraction(const struct row *row, const char *text, double *ret, struct err *err)
{
	char *end;
	double x = strtod(text, &end);

	if (end == text || *end || !(x >= (double)row->least && x <= (double)row->most))
		return err_set(err, ERR_USAGE,
			       "\"%s\" is not a number from %" PRId64 " to %" PRId64, text,
			       row->least, row->most);
	*ret = x;
	return true;
}

static bool read_order(const char *text, enum order *ret, struct err *err)
{
	if (order_parse(text, ret))
		return true;
	return err_set(
		err, ERR_USAGE,
		"\"%s\" is not an order: updated_desc, updated_asc, created_desc, created_asc, "
		"id_asc, id_desc, heap, ties and shuffle are",
		text);
}

static bool read_key(const char *text, char *ret, struct err *err)
{
	size_t n = strlen(text);

	if (n == 0 || n >= sizeof(((struct settings *)NULL)->key) || strpbrk(text, " \t"))
		return err_set(
			err, ERR_USAGE,
			"\"%s\" is not a key: it must not be empty, very long or have blanks in it",
			text);
	memcpy(ret, text, n + 1);
	return true;
}

static bool read_switch(const char *text, bool *ret, struct err *err)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return err_set(err, ERR_USAGE, "\"%s\" is neither true nor false", text);
	*ret = text[0] == 't';
	return true;
}

static bool read_choice(const struct row *row, const char *text, int64_t *ret, struct err *err)
{
	for (int64_t i = 0; row->choices[i]; i++) {
		if (strcmp(text, row->choices[i]) == 0) {
			*ret = i;
			return true;
		}
	}
	return err_set(err, ERR_USAGE, "\"%s\" is none of its values: %s is one", text,
		       row->choices[0]);
}

static bool read_value(struct settings *settings, const struct row *row, const char *text,
		       struct err *err)
{
	void *to = (char *)settings + row->offset;

	switch (row->kind) {
	case TEXT:
		return read_key(text, to, err);
	case INTEGER:
		return read_integer(row, text, to, err);
	case FRACTION:
		return read_fraction(row, text, to, err);
	case MIX:
		return drift_mix_parse(text, to, err);
	case ORDER:
		return read_order(text, to, err);
	case CHOICE:
		return read_choice(row, text, to, err);
	default:
		return read_switch(text, to, err);
	}
}

/* ---- the command line -------------------------------------------------- */

const struct settings_option *settings_option(size_t i)
{
	return i < ARRAY_SIZE(rows) && rows[i].option.name ? &rows[i].option : NULL;
}

void settings_default(struct settings *settings)
{
	struct err err = ERR_INIT;

	*settings = (struct settings){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!read_value(settings, &rows[i], rows[i].preset, &err))
			abort();
}

bool settings_set(struct settings *settings, size_t i, const char *text, struct err *err)
{
	if (read_value(settings, &rows[i], text, err))
		return true;
	err->kind = ERR_USAGE;
	return err_wrap(err, "--%s", rows[i].option.name);
}

/* PAIR is "name=value" and is cut in two. */
static bool set_pair(struct settings *settings, char *pair, struct err *err)
{
	const struct settings_option *option;
	char *value = strchr(pair, '=');

	if (!value)
		return err_set(err, ERR_USAGE, "\"%s\" is not NAME=VALUE", pair);
	*value++ = '\0';
	for (size_t i = 0; (option = settings_option(i)); i++)
		if (strcmp(option->name, pair) == 0)
			return settings_set(settings, i, value, err);
	return err_set(err, ERR_USAGE, "there is no setting \"%s\"", pair);
}

bool settings_read(struct settings *settings, const char *text, struct err *err)
{
	CLEANUP(mem_free) char *copy = mem_text(text, strlen(text));
	char *rest = copy, *pair;

	settings_default(settings);
	settings->key[0] = '\0';
	while ((pair = strsep(&rest, ",")))
		if (!set_pair(settings, pair, err))
			return false;
	if (!settings->key[0])
		return err_set(err, ERR_USAGE, "it needs a key of its own: key=KEY");
	return true;
}

/* ---- while it runs ----------------------------------------------------- */

static const struct row *find_member(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].member && strcmp(rows[i].member, name) == 0)
			return &rows[i];
	return NULL;
}

static bool change_one(struct settings *settings, const struct json_at *member, struct err *err)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(1024);
	const struct row *row = find_member(member->key);
	const char *value;

	if (!row)
		return err_set(err, ERR_DATA, "there is no setting \"%s\" that can be changed",
			       member->key);
	if (json_kind(member) != JSON_STRING) {
		json_write(member, &text);
		value = buf_text(&text);
	} else if (!json_string(member, &value, err)) {
		return false;
	}
	if (read_value(settings, row, value, err))
		return true;
	err->kind = ERR_DATA;
	return err_wrap(err, "%s", member->key);
}

bool settings_change(struct settings *settings, const struct json_at *at, struct err *err)
{
	struct settings changed = *settings;
	struct json_each each = json_members(at);
	struct json_at member;

	if (json_kind(at) != JSON_OBJECT)
		return json_expected(at, "an object", err);
	while (json_next(&each, &member))
		if (!change_one(&changed, &member, err))
			return false;
	*settings = changed;
	return true;
}
