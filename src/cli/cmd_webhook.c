/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "command.h"
#include "json_writer.h"
#include "mem.h"
#include "redact.h"
#include "secret_draft.h"
#include "webhook_listener.h"

#define LONGEST_URL 8192
#define LONGEST_BODY 65536

/* The events that a conversation may change with. */
static const char *const events[] = { "conversation.created", "conversation.updated",
				      "conversation.resolved", "message.created" };

/* A webhook that is registered or removed. */
struct session {
	struct app *app;
	const struct workspace_conf *conf;
	struct client client;
	struct secret_draft draft;
	struct secret_lines lines; /* that are in force */
};

/* ---- the API ------------------------------------------------------------ */

static bool remove_at_api(struct session *s, const char *id, struct err *err)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
	CLEANUP(http_reply_free) struct http_reply *reply = NULL;
	struct http_request request = { .method = HTTP_DELETE, .auth = s->conf->auth };

	api_webhook_url(&url, &s->client.api, id);
	request.url = buf_text(&url);
	reply = client_call(&s->client, &request, err);
	return reply != NULL;
}

static struct http_reply *register_at_api(struct session *s, const char *address, struct err *err)
{
	CLEANUP(buf_free) struct buf url = BUF_MAX(LONGEST_URL);
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_BODY);
	struct json_writer out = JSON_WRITER_TO(&body);
	struct http_request request = { .method = HTTP_POST, .auth = s->conf->auth };

	json_writer_open(&out, '{');
	json_writer_key_string(&out, "url", address);
	json_writer_key(&out, "events");
	json_writer_open(&out, '[');
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		json_writer_string(&out, events[i]);
	json_writer_close(&out, ']');
	json_writer_close(&out, '}');
	api_webhook_url(&url, &s->client.api, NULL);
	request.url = buf_text(&url);
	request.body = buf_text(&body);
	request.body_len = body.len;
	return client_call(&s->client, &request, err);
}

/* ---- secrets ------------------------------------------------------------ */

/* Those that are in force; none where there is no file yet. */
static bool read_lines(struct session *s, struct err *err)
{
	const char *name = s->conf->webhook.secret_file, *config = s->app->config->path;

	return !secret_draft_is_kept(name, config) ||
	       secret_read_lines(name, config, &s->lines, err);
}

/* A text that is a line of the file: a secret, or an id. */
static bool is_word(const char *text, size_t most)
{
	size_t n = strlen(text);

	return n > 0 && n <= most && text[strcspn(text, " \t\r\n\"\\")] == '\0';
}

/* Puts the new secret before the old one. */
static void put_first(struct secret_lines *lines, const char *secret, const char *id)
{
	lines->secrets[1] = lines->secrets[0];
	lines->labels[1] = lines->labels[0];
	lines->secrets[0] = mem_text(secret, strlen(secret));
	lines->labels[0] = mem_text(id, strlen(id));
	lines->n++;
}

/* Takes the secret of the webhook ID out. False when none is labelled so. */
static bool take_out(struct secret_lines *lines, const char *id)
{
	for (int i = 0; i < lines->n; i++) {
		if (!lines->labels[i] || strcmp(lines->labels[i], id) != 0)
			continue;
		mem_free_secret(&lines->secrets[i]);
		mem_free(&lines->labels[i]);
		lines->n--;
		if (i < lines->n) {
			lines->secrets[i] = lines->secrets[i + 1];
			lines->labels[i] = lines->labels[i + 1];
		}
		return true;
	}
	return false;
}

/* ---- register ----------------------------------------------------------- */

/* Nobody would ever know the secret: the webhook goes again. */
static bool undo(struct session *s, const char *id, struct err *err)
{
	struct err other = ERR_INIT;
	char shown[200];

	err_quote(shown, sizeof(shown), id, strlen(id));
	if (remove_at_api(s, id, &other))
		return err_wrap(err,
				"the webhook %s was removed again, as its secret could not "
				"be kept",
				shown);
	return err_wrap(err,
			"the secret of the webhook %s could not be kept, and it could not be "
			"removed (%s); remove it in Sahut, or with: sahut-etl webhook remove "
			"%s",
			shown, other.text, shown);
}

/* The webhook as the API shows it, this once with its secret. */
static bool keep(struct session *s, const struct http_reply *reply, struct err *err)
{
	CLEANUP(json_free)
	struct json *json =
		json_parse(s->client.json, buf_text(&reply->body), reply->body.len, err);
	struct json_at root, data, at;
	const char *id, *secret;

	if (!json)
		return err_wrap(err, "the API's answer");
	root = json_root(json);
	data = json_member(&root, "data");
	at = json_member(&data, "id");
	if (!json_string(&at, &id, err))
		return err_wrap(err, "the API's answer does not name the webhook; look for it in "
				     "Sahut");
	at = json_member(&data, "secret");
	if (!json_string(&at, &secret, err))
		return undo(s, id, err);
	redact_learn(secret);
	if (!is_word(secret, SECRET_LONGEST) || !is_word(id, 100)) {
		err_set(err, ERR_DATA, "the secret or the id in the API's answer has a wrong form");
		return undo(s, id, err);
	}
	put_first(&s->lines, secret, id);
	if (!secret_draft_keep(&s->draft, &s->lines, err))
		return undo(s, id, err);
	printf("%s is registered, and its secret is in %s\n", id, s->draft.path);
	return true;
}

/* The end that the address of events must have, unless a server in between changes it. */
static void look_at_path(const struct session *s, const char *address)
{
	CLEANUP(buf_free) struct buf path = BUF_MAX(LONGEST_URL);
	size_t n = strlen(address);

	webhook_listener_path(s->conf->name, &path);
	if (n < path.len || strcmp(address + n - path.len, buf_text(&path)) != 0)
		fprintf(stderr,
			"the daemon takes events at the path %s: a server that passes them on "
			"must see to it\n",
			buf_text(&path));
}

static bool register_one(struct session *s, const char *address, struct err *err)
{
	CLEANUP(http_reply_free) struct http_reply *reply = NULL;

	if (!http_url_allowed(address, err))
		return false;
	if (!read_lines(s, err))
		return false;
	if (s->lines.n == SECRET_LINES)
		return err_set(err, ERR_USAGE,
			       "%s has two secrets already; remove the webhook of one of them "
			       "first: sahut-etl webhook remove ID",
			       s->conf->webhook.secret_file);
	if (!secret_draft_open(&s->draft, s->conf->webhook.secret_file, s->app->config->path,
			       s->conf->api_key_file, err))
		return false;
	look_at_path(s, address);
	reply = register_at_api(s, address, err);
	return reply && keep(s, reply, err);
}

/* ---- remove ------------------------------------------------------------- */

static bool remove_one(struct session *s, const char *id, struct err *err)
{
	struct err gone = ERR_INIT;
	char shown[200];
	bool there, ours;

	err_quote(shown, sizeof(shown), id, strlen(id));
	if (!read_lines(s, err))
		return false;
	there = remove_at_api(s, id, &gone);
	if (!there && gone.kind != ERR_MISSING) {
		*err = gone;
		return false;
	}
	ours = take_out(&s->lines, id);
	if (ours && (!secret_draft_open(&s->draft, s->conf->webhook.secret_file,
					s->app->config->path, s->conf->api_key_file, err) ||
		     !(s->lines.n > 0 ? secret_draft_keep(&s->draft, &s->lines, err)
				      : secret_draft_remove(&s->draft, err))))
		return false;
	if (!there && !ours) {
		*err = gone;
		return false;
	}
	printf("%s %s; %s\n", shown, there ? "is removed" : "was not there any more",
	       ours ? "its secret is in force no longer"
		    : "the secrets stay as they are, since none is labelled so");
	return true;
}

/* ---- the command -------------------------------------------------------- */

static bool open_session(struct session *s, struct err *err)
{
	struct app *app = s->app;

	if (!app_config(app))
		return false;
	s->conf = config_find(app->config, app->workspace, err);
	if (!s->conf)
		return false;
	if (!s->conf->webhook.listen)
		return err_set(err, ERR_CONFIG,
			       "the workspace %s has no section webhook, which says where events "
			       "are taken and where the secret goes",
			       s->conf->name);
	if (!app_network(app, false))
		return false;
	s->client = app_client(app, s->conf);
	return true;
}

void cmd_webhook(struct app *app)
{
	struct session s = { .app = app, .draft = { .fd = -1 } };
	const char *operands[3];
	const struct opt options[] = { OPT_END };
	struct err err = ERR_INIT;
	bool ok = false, registers, removes;

	if (!command_options(app, options, operands, 2))
		return;
	registers = operands[0] && strcmp(operands[0], "register") == 0;
	removes = operands[0] && strcmp(operands[0], "remove") == 0;
	if (!(registers || removes) || !operands[1])
		err_set(&err, ERR_USAGE,
			"webhook has two commands: sahut-etl webhook register URL, and sahut-etl "
			"webhook remove ID");
	else if (open_session(&s, &err))
		ok = registers ? register_one(&s, operands[1], &err)
			       : remove_one(&s, operands[1], &err);
	if (!ok && err.kind != ERR_NONE)
		app_fail(app, &err);
	secret_draft_close(&s.draft);
	secret_lines_free(&s.lines);
}
