/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "json.h"
#include "json_writer.h"
#include "rate_limit.h"

/* A body that somebody writes by hand or script. */
#define LONGEST_BODY (1u << 20)

#define LONGEST_URL 8192

/* The parts that the four verbs share. */
struct session {
	struct app *app;
	struct client client;
};

/* ---- opening --------------------------------------------------------- */

/* The warehouse keeps the quota for everybody; without it, this command keeps it for itself. */
static void share_quota(struct session *s, const struct workspace_conf *workspace)
{
	struct pg_conf conf;
	int *id = &s->client.quota.workspace;
	struct err err = ERR_INIT;

	if (app_pg(s->app, false, &conf, &err))
		s->app->warehouse = warehouse_open(s->app->loop, &conf, "conversations", &err);
	if (s->app->warehouse && warehouse_find(s->app->warehouse, workspace->name, id, &err) &&
	    (*id > 0 || warehouse_register(s->app->warehouse, workspace, id, &err)))
		s->client.quota.warehouse = s->app->warehouse;
	else if (s->app->verbose)
		fprintf(stderr, "%s: the quota is not shared with other processes: %s\n",
			s->app->program, err.text);
}

static bool open_session(struct session *s)
{
	struct app *app = s->app;
	const struct workspace_conf *workspace;
	struct err err = ERR_INIT;

	if (!app_config(app))
		return false;
	workspace = config_find(app->config, app->workspace, &err);
	if (!workspace)
		return app_fail(app, &err);
	if (!app_network(app, false))
		return false;
	s->client = app_client(app, workspace);
	share_quota(s, workspace);
	return true;
}

/* ---- asking ---------------------------------------------------------- */

/* Sends and parses. NULL when that failed, which has been said. */
static struct json *call(struct session *s, const struct http_request *request)
{
	CLEANUP(http_reply_free) struct http_reply *reply = NULL;
	struct err err = ERR_INIT;
	struct json *json;

	reply = client_call(&s->client, request, &err);
	if (!reply) {
		app_fail(s->app, &err);
		return NULL;
	}
	json = json_parse(s->client.json, buf_text(&reply->body), reply->body.len, &err);
	if (!json) {
		err_wrap(&err, "the API's answer");
		app_fail(s->app, &err);
	}
	return json;
}

static void print_value(const struct json_at *at)
{
	CLEANUP(buf_free) struct buf out = BUF_MAX(64u << 20);

	json_write_pretty(at, &out);
	buf_char(&out, '\n');
	command_print(buf_text(&out), out.len);
}

/* Sends one request and prints the answer's "data". */
static void show(struct session *s, enum http_method method, const char *url,
		 const struct buf *body)
{
	struct http_request request = { .method = method, .url = url, .auth = s->client.api.auth };
	CLEANUP(json_free) struct json *json = NULL;
	struct json_at root, data;

	if (body) {
		request.body = buf_text(body);
		request.body_len = body->len;
	}
	json = call(s, &request);
	if (!json)
		return;
	root = json_root(json);
	data = json_member(&root, "data");
	print_value(&data);
}

/* ---- list ------------------------------------------------------------ */

struct list {
	const char *status, *channel, *assignee, *page, *per_page;
	bool all;
};

static bool whole_number(struct session *s, const char *text, const char *name, int fallback,
			 int *ret)
{
	struct err err = ERR_INIT;
	char *end;
	long n = text ? strtol(text, &end, 10) : fallback;

	if (text && (end == text || *end || n < 1 || n > 1000000)) {
		err_set(&err, ERR_USAGE, "--%s wants a whole number from 1, not \"%s\"", name,
			text);
		return app_fail(s->app, &err);
	}
	*ret = (int)n;
	return true;
}

/*
 * The elements of one page, one behind the other, each on lines of its own.
 * Returns how many; -1 when it is no page.
 */
static int print_elements(const struct json_at *data, bool *first)
{
	if (json_kind(data) != JSON_ARRAY)
		return -1;
	for (size_t i = 0; i < json_length(data); i++) {
		struct json_at item = json_element(data, i);

		fputs(*first ? "" : ",\n", stdout);
		*first = false;
		print_value(&item);
	}
	return (int)json_length(data);
}

/* Pages through the whole list; the output is one array. */
static void list_all(struct session *s, const struct api_filter *filter, int per_page)
{
	bool first = true;
	int n = 1;

	fputs("[\n", stdout);
	for (int page = 1; n > 0; page++) {
		CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
		struct http_request request = { .method = HTTP_GET, .auth = s->client.api.auth };
		CLEANUP(json_free) struct json *json = NULL;
		struct json_at root, data, meta, total;
		struct err err = ERR_INIT;
		int64_t rows = 0;

		api_list_url(&url, &s->client.api, filter, page, per_page);
		request.url = buf_text(&url);
		json = call(s, &request);
		if (!json)
			return;
		root = json_root(json);
		data = json_member(&root, "data");
		meta = json_member(&root, "meta");
		total = json_member(&meta, "total");
		n = print_elements(&data, &first);
		if (n < 0) {
			err_set(&err, ERR_DATA, "the API's answer has no list of conversations");
			app_fail(s->app, &err);
			return;
		}
		if (json_int(&total, &rows, &err) && (int64_t)page * per_page >= rows)
			break;
	}
	fputs("]\n", stdout);
}

static void list(struct session *s)
{
	struct list l = { .status = NULL };
	const char *none[1];
	const struct opt options[] = {
		{ .name = "status",
		  .letter = 's',
		  .arg = "STATUS",
		  .help = "open, pending, resolved or snoozed",
		  .value = &l.status },
		{ .name = "channel", .arg = "ID", .help = "of this channel", .value = &l.channel },
		{ .name = "assignee",
		  .arg = "ID",
		  .help = "of this agent, or unassigned",
		  .value = &l.assignee },
		{ .name = "page", .arg = "N", .help = "this page (1)", .value = &l.page },
		{ .name = "per-page",
		  .arg = "N",
		  .help = "so many a page (25; 100 with --all)",
		  .value = &l.per_page },
		{ .name = "all", .letter = 'a', .help = "all pages, as one array", .flag = &l.all },
		OPT_END,
	};
	struct api_filter filter;
	CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
	int page = 1, per_page = 25;

	if (!command_options(s->app, options, none, 0) ||
	    !whole_number(s, l.page, "page", 1, &page) ||
	    !whole_number(s, l.per_page, "per-page", l.all ? 100 : 25, &per_page) ||
	    !open_session(s))
		return;
	filter = (struct api_filter){ l.status, l.channel, l.assignee };
	if (l.all) {
		list_all(s, &filter, per_page);
		return;
	}
	api_list_url(&url, &s->client.api, &filter, page, per_page);
	show(s, HTTP_GET, buf_text(&url), NULL);
}

static void get(struct session *s)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
	const struct opt options[] = { OPT_END };
	const char *ids[2];
	struct err err = ERR_INIT;

	if (!command_options(s->app, options, ids, 1))
		return;
	if (!ids[0]) {
		err_set(&err, ERR_USAGE, "which conversation? sahut-etl conversations get ID");
		app_fail(s->app, &err);
		return;
	}
	if (!open_session(s))
		return;
	api_item_url(&url, &s->client.api, ids[0]);
	show(s, HTTP_GET, buf_text(&url), NULL);
}

/* ---- create and update ----------------------------------------------- */

/* Reads a body from a file, or with "-" from standard input. */
static bool read_body(struct session *s, const char *path, struct buf *body)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	struct err err = ERR_INIT;
	char chunk[4096];
	size_t n;

	if (!file) {
		err_set(&err, ERR_USAGE, "%s: %s", path, strerror(errno));
		return app_fail(s->app, &err);
	}
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(body, chunk, n);
	if (!is_stdin)
		fclose(file);
	if (!body->full)
		return true;
	err_set(&err, ERR_USAGE, "%s is longer than 1 MiB", path);
	return app_fail(s->app, &err);
}

static void member(struct json_writer *out, const char *key, const char *value)
{
	if (!value)
		return;
	json_writer_key_string(out, key, value);
}

/* "a,b" as an array; "" as an empty one. */
static void labels_member(struct json_writer *out, const char *labels)
{
	if (!labels)
		return;
	json_writer_key(out, "labels");
	json_writer_open(out, '[');
	while (*labels) {
		size_t n = strcspn(labels, ",");

		if (n > 0)
			json_writer_text(out, labels, n);
		labels += n + (labels[n] == ',');
	}
	json_writer_close(out, ']');
}

static void create(struct session *s)
{
	const char *contact = NULL, *channel = NULL, *message = NULL, *template = NULL,
		   *assignee = NULL, *body = NULL, *none[1];
	const struct opt options[] = {
		{ .name = "contact",
		  .arg = "ID",
		  .help = "the contact to write to",
		  .value = &contact },
		{ .name = "channel", .arg = "ID", .help = "by which channel", .value = &channel },
		{ .name = "message",
		  .arg = "TEXT",
		  .help = "the text of the message",
		  .value = &message },
		{ .name = "template",
		  .arg = "ID",
		  .help = "or which WhatsApp template",
		  .value = &template },
		{ .name = "assignee",
		  .arg = "ID",
		  .help = "the agent who takes care",
		  .value = &assignee },
		{ .name = "body",
		  .letter = 'b',
		  .arg = "FILE",
		  .help = "the whole body as JSON; - is standard input",
		  .value = &body },
		OPT_END,
	};
	CLEANUP(buf_free) struct buf json = BUF_MAX(LONGEST_BODY);
	CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
	struct json_writer out = JSON_WRITER_TO(&json);

	if (!command_options(s->app, options, none, 0) || (body && !read_body(s, body, &json)) ||
	    !open_session(s))
		return;
	if (!body) {
		json_writer_open(&out, '{');
		member(&out, "contact_id", contact);
		member(&out, "channel_id", channel);
		if (message || template) {
			json_writer_key(&out, "message");
			json_writer_open(&out, '{');
			member(&out, "content", message);
			member(&out, "template_id", template);
			json_writer_close(&out, '}');
		}
		member(&out, "assignee_id", assignee);
		json_writer_close(&out, '}');
	}
	api_create_url(&url, &s->client.api);
	show(s, HTTP_POST, buf_text(&url), &json);
}

static void update(struct session *s)
{
	const char *status = NULL, *assignee = NULL, *team = NULL, *labels = NULL, *body = NULL,
		   *ids[2];
	const struct opt options[] = {
		{ .name = "status",
		  .letter = 's',
		  .arg = "STATUS",
		  .help = "open, pending, resolved or snoozed",
		  .value = &status },
		{ .name = "assignee",
		  .arg = "ID",
		  .help = "the agent, or none",
		  .value = &assignee },
		{ .name = "team", .arg = "ID", .help = "the team", .value = &team },
		{ .name = "labels",
		  .arg = "A,B",
		  .help = "the whole set of labels",
		  .value = &labels },
		{ .name = "body",
		  .letter = 'b',
		  .arg = "FILE",
		  .help = "the whole body as JSON; - is standard input",
		  .value = &body },
		OPT_END,
	};
	CLEANUP(buf_free) struct buf json = BUF_MAX(LONGEST_BODY);
	CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
	struct json_writer out = JSON_WRITER_TO(&json);
	struct err err = ERR_INIT;

	if (!command_options(s->app, options, ids, 1))
		return;
	if (!ids[0]) {
		err_set(&err, ERR_USAGE,
			"which conversation? sahut-etl conversations update ID --status STATUS "
			"...");
		app_fail(s->app, &err);
		return;
	}
	if ((body && !read_body(s, body, &json)) || !open_session(s))
		return;
	if (!body) {
		json_writer_open(&out, '{');
		member(&out, "status", status);
		if (assignee && strcmp(assignee, "none") == 0) {
			json_writer_key(&out, "assignee_id");
			json_writer_null(&out);
		} else {
			member(&out, "assignee_id", assignee);
		}
		member(&out, "team_id", team);
		labels_member(&out, labels);
		json_writer_close(&out, '}');
	}
	api_item_url(&url, &s->client.api, ids[0]);
	show(s, HTTP_PATCH, buf_text(&url), &json);
}

void cmd_conversations(struct app *app)
{
	static const struct {
		const char *name;
		void (*run)(struct session *s);
		struct command command;
	} verbs[] = {
		{ "list",
		  list,
		  { "conversations list", "", "show a page of conversations, or all of them", NULL,
		    "conversations list --status open --all" } },
		{ "get",
		  get,
		  { "conversations get", "ID", "show one conversation", NULL,
		    "conversations get conv_8f2k1m" } },
		{ "create",
		  create,
		  { "conversations create", "", "begin a conversation with a contact", NULL,
		    "conversations create --contact ct_5d1m9x --channel ch_wa --message Halo" } },
		{ "update",
		  update,
		  { "conversations update", "ID", "change one conversation", NULL,
		    "conversations update conv_8f2k1m --status resolved" } },
	};
	static const struct opt no_option[] = { OPT_END };
	const char *none[1];
	struct session s = { .app = app };
	struct err err = ERR_INIT;
	const char *name = app->args.next < app->args.argc ? app->args.argv[app->args.next] : "";

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0) {
			app->args.next++;
			app->command = &verbs[i].command;
			verbs[i].run(&s);
			return;
		}
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		if (!command_options(app, no_option, none, 0) && app->exit == 0)
			puts("list, get, create and update have a --help of their own");
		return;
	}
	err_set(&err, ERR_USAGE,
		"there is no command conversations %s; there are list, get, create and update",
		name);
	app_fail(app, &err);
}
