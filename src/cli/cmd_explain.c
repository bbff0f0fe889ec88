/* SPDX-License-Identifier: MIT */
/*
 * cmd_explain.c -- one conversation: where it came from, what it was, what the API says of it now.
 *
 * For the moment when somebody asks why a report shows what it shows. Takes
 * no lock. Names and phones of contacts are not shown.
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

/* ---- what the warehouse says ----------------------------------------- */

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

/* ---- what the API says ----------------------------------------------- */

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

/* How the value of a field is written. */
enum kind { TEXT, TIME, JSON, LABELS, KEY };

/*
 * The fields of an item that the merge compares: the names under which they
 * are shown, as sql/explain/differences.sql has them, too. A name that the
 * API does not repeat is kept by the merge, so it does not differ.
 */
static const struct field {
	const char *name;
	enum kind kind;
	size_t at;
	bool kept;
} fields[] = {
	{ "status", TEXT, offsetof(struct item, status), false },
	{ "channel", TEXT, offsetof(struct item, channel_id), false },
	{ "contact", TEXT, offsetof(struct item, contact_id), false },
	{ "assignee", TEXT, offsetof(struct item, assignee_id), false },
	{ "team", TEXT, offsetof(struct item, team_id), false },
	{ "labels", LABELS, 0, false },
	{ "created_at", TIME, offsetof(struct item, created_at), false },
	{ "updated_at", TIME, offsetof(struct item, updated_at), false },
	{ "extra", JSON, offsetof(struct item, extra), false },
	{ "channel type", TEXT, offsetof(struct item, channel_type), true },
	{ "channel name", TEXT, offsetof(struct item, channel_name), true },
	{ "assignee name", TEXT, offsetof(struct item, assignee_name), true },
	{ "team name", TEXT, offsetof(struct item, team_name), true },
};

/* As above, of a contact that has a row. */
static const struct field contact_fields[] = {
	{ "contact name", TEXT, offsetof(struct item, contact_name), false },
	{ "contact phone", TEXT, offsetof(struct item, contact_phone), false },
	{ "contact phone key", KEY, offsetof(struct item, phone_key), false },
	{ "contact extra", JSON, offsetof(struct item, contact_extra), false },
};

static void write_key(struct json_writer *out, const unsigned char *key)
{
	char hex[2 * HMAC_SIZE + 1];

	for (int i = 0; i < HMAC_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", key[i]);
	json_writer_string(out, hex);
}

static void write_labels(struct json_writer *out, const struct item *item)
{
	json_writer_open(out, '[');
	for (size_t i = 0; i < item->n_labels; i++)
		json_writer_string(out, item->labels[i]);
	json_writer_close(out, ']');
}

static void write_field(struct json_writer *out, const struct field *field, const struct item *item)
{
	const void *at = (const char *)item + field->at;
	const char *text = field->kind == TEXT || field->kind == JSON || field->kind == KEY
				   ? *(const char *const *)at
				   : NULL;

	if (field->kept && !text)
		return;
	json_writer_key(out, field->name);
	if (field->kind == LABELS)
		write_labels(out, item);
	else if (field->kind == TIME && *(const int64_t *)at != TIME_NONE)
		json_writer_int(out, *(const int64_t *)at);
	else if (!text)
		json_writer_null(out);
	else if (field->kind == KEY)
		write_key(out, (const unsigned char *)text);
	else if (field->kind == JSON)
		json_writer_raw(out, text, strlen(text));
	else
		json_writer_string(out, text);
}

/* What the API says, for sql/explain/differences.sql. */
static void write_fields(const struct item *item, const char *contact, struct buf *to)
{
	struct json_writer out = JSON_WRITER_TO(to);

	json_writer_open(&out, '{');
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		write_field(&out, &fields[i], item);
	for (size_t i = 0; contact && i < ARRAY_SIZE(contact_fields); i++)
		write_field(&out, &contact_fields[i], item);
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
	if (!app_config(app) || !app_network(app, false) || !app_store(app, "explain"))
		return;
	if (print_held(&e) && choose_workspace(&e))
		print_api(&e);
	table_free(&e.held);
}
