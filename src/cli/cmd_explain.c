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
#include "item.h"
#include "script.h"
#include "sql.h"
#include "table_format.h"
#include "time_format.h"

/* The columns of sql/explain/held.sql. */
enum { NAME, STATUS, CHANNEL, CONTACT, ASSIGNEE, TEAM, LABELS, CREATED, UPDATED, DELETED };

struct explain {
	struct app *app;
	const char *id;
	const struct workspace_conf *workspace; /* whose API is asked */
	struct client client;
	struct table *held; /* one row, or none */
	bool known;	    /* something of it is in the warehouse, or the API has it */
};

static bool query(struct explain *e, const char *sql, struct table **table)
{
	struct script *s = warehouse_call(e->app->warehouse, sql);
	struct err err = ERR_INIT;

	script_text(s, e->id);
	return warehouse_run(e->app->warehouse, table, &err) || app_fail(e->app, &err);
}

/* ---- what the warehouse says ----------------------------------------- */

static void print_facts(const struct table *facts)
{
	char value[1200];

	for (int r = 0; r < table_rows(facts); r++) {
		const char *text = table_text(facts, r, 1);

		printf("%-20s %s\n", table_text(facts, r, 0),
		       err_quote(value, sizeof(value), text, strlen(text)));
	}
}

static bool tell_held(struct explain *e)
{
	CLEANUP(table_free) struct table *facts = NULL;
	CLEANUP(table_free) struct table *versions = NULL;
	CLEANUP(buf_free) struct buf out = BUF_MAX(4u << 20);

	if (!query(e, sql_explain_conversation, &facts) ||
	    !query(e, sql_explain_versions, &versions) || !query(e, sql_explain_held, &e->held))
		return false;
	e->known = table_rows(facts) > 0;
	if (!e->known)
		puts("The warehouse does not hold it.");
	print_facts(facts);
	if (table_rows(versions) > 0) {
		putchar('\n');
		table_format_table(versions, &out);
		fputs(buf_text(&out), stdout);
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
		name = table_text(e->held, 0, NAME);
	e->workspace = config_find(e->app->config, name, &err);
	return e->workspace || app_fail(e->app, &err);
}

static void open_client(struct explain *e)
{
	struct app *app = e->app;
	struct err ignored;

	e->client = (struct client){
		.clock = app->clock,
		.wait = app->wait,
		.http = app->http,
		.json = app->json,
		.api = client_api(e->workspace),
	};
	rate_limit_begin(&e->client.rate_limit, (int)e->workspace->requests_per_minute,
			 (int)e->workspace->reserve);
	if (warehouse_find(app->warehouse, e->workspace->name, &e->client.workspace, &ignored) &&
	    e->client.workspace > 0)
		e->client.warehouse = app->warehouse;
}

/* Adds a line for a field that is another one here than there. */
static void compare(struct table *shown, const char *field, const char *here, const char *there)
{
	int row;

	if (strcmp(here ? here : "", there ? there : "") == 0)
		return;
	row = table_add(shown);
	table_set(shown, row, 0, field, strlen(field));
	if (here)
		table_set(shown, row, 1, here, strlen(here));
	if (there)
		table_set(shown, row, 2, there, strlen(there));
}

static void compare_time(struct table *shown, const char *field, int64_t here, int64_t there)
{
	char a[TIMETEXT_SIZE], b[TIMETEXT_SIZE];

	if (here != there)
		compare(shown, field, here == TIME_NONE ? NULL : time_format(here, a),
			there == TIME_NONE ? NULL : time_format(there, b));
}

static void join_labels(const struct item *item, struct buf *out)
{
	for (size_t i = 0; i < item->n_labels; i++)
		buf_printf(out, "%s%s", i ? ", " : "", item->labels[i]);
}

static struct table *differences(const struct table *held, const struct item *item)
{
	CLEANUP(buf_free) struct buf labels = BUF_MAX(4u << 20);
	struct table *shown = table_new(3);

	join_labels(item, &labels);
	table_name(shown, 0, "field", false);
	table_name(shown, 1, "here", false);
	table_name(shown, 2, "API", false);
	compare(shown, "status", table_text(held, 0, STATUS), item->status);
	compare(shown, "channel", table_text(held, 0, CHANNEL), item->channel_id);
	compare(shown, "contact", table_text(held, 0, CONTACT), item->contact_id);
	compare(shown, "assignee", table_text(held, 0, ASSIGNEE), item->assignee_id);
	compare(shown, "team", table_text(held, 0, TEAM), item->team_id);
	compare(shown, "labels", table_text(held, 0, LABELS), buf_text(&labels));
	compare_time(shown, "created_at", table_int(held, 0, CREATED), item->created_at);
	compare_time(shown, "updated_at", table_int(held, 0, UPDATED), item->updated_at);
	return shown;
}

static void tell_item(const struct explain *e, const struct item *item)
{
	CLEANUP(table_free) struct table *shown = NULL;
	CLEANUP(buf_free) struct buf out = BUF_MAX(4u << 20);
	char id[600], updated[TIMETEXT_SIZE];

	if (strcmp(item->id, e->id) != 0)
		printf("The API now: it answers with %s, into which it was merged.\n",
		       err_quote(id, sizeof(id), item->id, strlen(item->id)));
	else if (table_rows(e->held) == 0)
		printf("The API now: it is there, %s, updated at %s.\n", item->status,
		       item->updated_at == TIME_NONE ? "no time it says"
						     : time_format(item->updated_at, updated));
	if (strcmp(item->id, e->id) != 0 || table_rows(e->held) == 0)
		return;
	shown = differences(e->held, item);
	if (table_rows(shown) == 0) {
		printf("The API now: the same.\n");
		return;
	}
	printf("The API now: it differs.\n");
	table_format_table(shown, &out);
	fputs(buf_text(&out), stdout);
}

/* Reads the answer to the GET. False with the failure. */
static bool read_answer(struct explain *e, const struct http_reply *reply, struct err *err)
{
	CLEANUP(json_free) struct json *json = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(item_reader_free) struct item_reader reader = { .arena = arena };
	struct json_at root, data;
	struct item item;

	json = json_parse(e->client.json, buf_text(&reply->body), reply->body.len, err);
	if (!json)
		return err_wrap(err, "the API's answer");
	root = json_root(json);
	data = json_member(&root, "data");
	if (!item_read(&reader, &data, &item, err))
		return err_wrap(err, "the API's answer");
	tell_item(e, &item);
	return true;
}

static void tell_api(struct explain *e)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(8192);
	CLEANUP(http_reply_free) struct http_reply *reply = NULL;
	struct http_request request = { .method = HTTP_GET };
	struct err err = ERR_INIT;

	open_client(e);
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
	if (tell_held(&e) && choose_workspace(&e))
		tell_api(&e);
	table_free(&e.held);
}
