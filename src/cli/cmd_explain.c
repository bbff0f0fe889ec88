/* SPDX-License-Identifier: MIT */
/*
 * cmd_explain.c -- one conversation: its source, its states, and the API's
 * present answer.
 *
 * For the moment when somebody asks why a report shows a number. Takes no lock.
 * Names and phones of contacts are not shown.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "err_policy.h"
#include "inspect.h"
#include "item.h"
#include "json_writer.h"
#include "table_print.h"
#include "time_format.h"

/* An item's fields as JSON. */
#define LONGEST_FIELDS (64u << 20)

struct explain {
	struct app *app;
	const char *id;
	const struct workspace_conf *workspace; /* whose API is asked */
	struct client client;
	struct table *held; /* the name of its workspace; no row where it is not held */
	bool known;	    /* something of it is in the warehouse, or the API has it */
};

/* ---- the warehouse's side --------------------------------------------- */

static void print_facts(const struct table *facts)
{
	char value[1200];

	for (int r = 0; r < table_rows(facts); r++) {
		const char *text = table_get(facts, r, "value");

		printf("%-20s %s\n", table_get(facts, r, "what"),
		       err_quote(value, sizeof(value), text, strlen(text)));
	}
}

static bool print_held(struct explain *e)
{
	CLEANUP(table_free) struct table *facts = NULL;
	CLEANUP(table_free) struct table *versions = NULL;
	CLEANUP(buf_free) struct buf out = BUF_MAX(4u << 20);
	struct warehouse *warehouse = e->app->warehouse;
	struct err err = ERR_INIT;

	if (!inspect_conversation(warehouse, e->id, &facts, &err) ||
	    !inspect_versions(warehouse, e->id, &versions, &err) ||
	    !inspect_held(warehouse, e->id, &e->held, &err))
		return app_fail(e->app, &err);
	e->known = table_rows(facts) > 0;
	if (!e->known)
		puts("The warehouse does not hold it.");
	print_facts(facts);
	if (table_rows(versions) > 0) {
		putchar('\n');
		table_print(versions, &out, NULL);
		command_print(buf_text(&out), out.len);
	}
	return true;
}

/* ---- the API's side --------------------------------------------------- */

/* The workspace that holds it; else the one named by -w, or the only one. */
static bool choose_workspace(struct explain *e)
{
	const char *name = e->app->workspace;
	struct err err = ERR_INIT;

	if (table_rows(e->held) > 0)
		name = table_get(e->held, 0, "workspace");
	e->workspace = config_find(e->app->config, name, &err);
	return e->workspace || app_fail(e->app, &err);
}

/*
 * The fields of an item that the merge compares beside the columns of item_columns():
 * the names under which they are shown, as sql/explain/differences.sql has them, too.
 */
struct field {
	const char *name;
	enum item_type type;
	size_t at;
};

/* Names. One that the API does not repeat is kept by the merge, so it does not differ. */
static const struct field name_fields[] = {
	{ "channel type", ITEM_TEXT, offsetof(struct item, channel_type) },
	{ "channel name", ITEM_TEXT, offsetof(struct item, channel_name) },
	{ "assignee name", ITEM_TEXT, offsetof(struct item, assignee_name) },
	{ "team name", ITEM_TEXT, offsetof(struct item, team_name) },
};

/* Of a contact that has a row. */
static const struct field contact_fields[] = {
	{ "contact name", ITEM_TEXT, offsetof(struct item, contact_name) },
	{ "contact phone", ITEM_TEXT, offsetof(struct item, contact_phone) },
	{ "contact extra", ITEM_JSON, offsetof(struct item, contact_extra) },
};

static void write_key(struct json_writer *out, const unsigned char *key)
{
	char hex[2 * HMAC_SIZE + 1];

	if (!key) {
		json_writer_null(out);
		return;
	}
	for (int i = 0; i < HMAC_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", key[i]);
	json_writer_string(out, hex);
}

static void write_texts(struct json_writer *out, const char *const *texts, size_t n)
{
	json_writer_open(out, '[');
	for (size_t i = 0; i < n; i++)
		json_writer_string(out, texts[i]);
	json_writer_close(out, ']');
}

static void write_text(struct json_writer *out, enum item_type type, const char *text)
{
	if (!text)
		json_writer_null(out);
	else if (type == ITEM_JSON)
		json_writer_raw(out, text, strlen(text));
	else
		json_writer_string(out, text);
}

static void write_value(struct json_writer *out, enum item_type type, const void *at)
{
	const struct {
		const char *const *texts;
		size_t n;
	} *list = at;
	int64_t time;

	switch (type) {
	case ITEM_TEXTS:
		write_texts(out, list->texts, list->n);
		break;
	case ITEM_TIME:
		time = *(const int64_t *)at;
		if (time == TIME_NONE)
			json_writer_null(out);
		else
			json_writer_int(out, time);
		break;
	case ITEM_TEXT:
	case ITEM_JSON:
		write_text(out, type, *(const char *const *)at);
		break;
	}
}

static void write_field(struct json_writer *out, const struct field *field, const struct item *item)
{
	json_writer_key(out, field->name);
	write_value(out, field->type, (const char *)item + field->at);
}

static void write_columns(struct json_writer *out, const struct item *item)
{
	size_t n;
	const struct item_column *columns = item_columns(&n);

	for (size_t i = 0; i < n; i++) {
		json_writer_key(out, columns[i].name);
		write_value(out, columns[i].type, (const char *)item + columns[i].offset);
	}
}

/* Writes the API's values, for sql/explain/differences.sql. */
static void write_fields(const struct item *item, const char *contact, struct buf *to)
{
	struct json_writer out = JSON_WRITER_TO(to);

	json_writer_open(&out, '{');
	write_columns(&out, item);
	for (size_t i = 0; i < ARRAY_SIZE(name_fields); i++)
		if (*(const char *const *)((const char *)item + name_fields[i].at))
			write_field(&out, &name_fields[i], item);
	for (size_t i = 0; contact && i < ARRAY_SIZE(contact_fields); i++)
		write_field(&out, &contact_fields[i], item);
	if (contact) {
		json_writer_key(&out, "contact phone key");
		write_key(&out, item->phone_key);
	}
	json_writer_key_bool(&out, "deleted", false);
	json_writer_close(&out, '}');
}

/* The fields in which the warehouse and the API differ, or NULL with the failure. */
static struct table *differences(const struct explain *e, const struct item *item, struct err *err)
{
	const char *contact = item->contact_id ? item->contact_id : item->contact_row;
	CLEANUP(buf_free) struct buf json = BUF_MAX(LONGEST_FIELDS);
	struct table *shown = NULL;

	write_fields(item, contact, &json);
	return inspect_differences(e->app->warehouse,
				   &(struct inspect_item){ e->id, buf_text(&json), contact },
				   &shown, err)
		       ? shown
		       : NULL;
}

static bool print_item(const struct explain *e, const struct item *item, struct err *err)
{
	CLEANUP(table_free) struct table *shown = NULL;
	CLEANUP(buf_free) struct buf out = BUF_MAX(4u << 20);
	char id[600], updated[TIME_FORMAT_SIZE];

	if (strcmp(item->id, e->id) != 0)
		printf("The API now: it answers with %s, into which it was merged.\n",
		       err_quote(id, sizeof(id), item->id, strlen(item->id)));
	else if (table_rows(e->held) == 0)
		printf("The API now: it is there, %s, updated at %s.\n", item->status,
		       item->updated_at == TIME_NONE ? "no time it says"
						     : time_format(item->updated_at, updated));
	if (strcmp(item->id, e->id) != 0 || table_rows(e->held) == 0)
		return true;
	shown = differences(e, item, err);
	if (!shown)
		return false;
	if (table_rows(shown) == 0) {
		printf("The API now: the same.\n");
		return true;
	}
	printf("The API now: it differs.\n");
	table_print(shown, &out, NULL);
	command_print(buf_text(&out), out.len);
	return true;
}

/* Reads the answer to the GET. False with the failure. */
static bool read_answer(struct explain *e, const struct http_reply *reply, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(item_reader_free) struct item_reader reader = { .arena = arena };
	struct json_at root, data;
	struct item item;
	bool ok;

	json = json_parse(e->client.json, buf_text(&reply->body), reply->body.len, err);
	if (!json)
		return err_wrap(err, "the API's answer");
	root = json_root(json);
	data = json_member(&root, "data");
	reader.privacy = app_privacy(e->app);
	ok = item_read(&reader, &data, &item, err);
	explicit_bzero(&reader.privacy.key, sizeof(reader.privacy.key));
	if (!ok)
		return err_wrap(err, "the API's answer");
	return print_item(e, &item, err);
}

static void print_api(struct explain *e)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(8192);
	CLEANUP(http_reply_free) struct http_reply *reply = NULL;
	struct http_request request = { .method = HTTP_GET };
	struct err err = ERR_INIT;

	e->client = app_client(e->app, e->workspace);
	api_item_url(&url, &e->client.api, e->id);
	request.url = buf_text(&url);
	request.auth = e->client.api.auth;
	reply = client_call(&e->client, &request, &err);
	putchar('\n');
	if (!reply && err.kind == ERR_MISSING && strcmp(err.code, "not_found") == 0) {
		puts("The API now: there is none (404 not_found).");
		if (!e->known)
			app_fail(e->app, &err);
		return;
	}
	if (!reply || !read_answer(e, reply, &err))
		app_fail(e->app, &err);
}

void cmd_explain(struct app *app)
{
	struct explain e = { .app = app };
	const struct opt options[] = { OPT_END };
	const char *ids[2];
	struct err err = ERR_INIT;

	if (!command_options(app, options, ids, 1))
		return;
	if (!ids[0]) {
		err_set(&err, ERR_USAGE, "which conversation? sahut-etl explain ID");
		app_fail(app, &err);
		return;
	}
	e.id = ids[0];
	if (!app_config(app) || !app_network(app, false) || !app_open_warehouse(app, "explain"))
		return;
	if (print_held(&e) && choose_workspace(&e))
		print_api(&e);
	table_free(&e.held);
}
