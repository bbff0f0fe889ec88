/* SPDX-License-Identifier: MIT */
#include "notifier.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err_policy.h"
#include "events.h"
#include "inspect.h"
#include "mem.h"
#include "schedule_status.h"
#include "worker.h"

/* A message is there by then, or is given up. */
#define DEADLINE (10 * USEC_PER_SEC)

/* How workspaces are is looked at so often; soon, but not at once, after a cycle. */
#define LOOK_EVERY (60 * USEC_PER_SEC)
#define LOOK_SOON (2 * USEC_PER_SEC)

/* After failures: ten seconds, twenty, ... */
#define FIRST_RETRY (10 * USEC_PER_SEC)
#define LAST_RETRY (10 * 60 * USEC_PER_SEC)

#define LONGEST_MESSAGE (256u << 10)

/* ---- a message ---------------------------------------------------------- */

/* The meaning of an answer that is no success. Its text is not repeated. */
static bool judge(const struct http_reply *reply, const char *origin, struct err *err)
{
	int status = reply->status;

	if (reply->err.kind != ERR_NONE) {
		*err = reply->err;
		return false;
	}
	if (status >= 200 && status <= 299)
		return true;
	if (status == 429)
		err_set(err, ERR_SLOW_DOWN, "%s asks for a pause (429)", origin);
	else if (status >= 500)
		err_set(err, ERR_UNAVAILABLE, "%s is not well, it answers %d", origin, status);
	else if (status == 401 || status == 403)
		err_set(err, ERR_DENIED,
			"%s does not let us in (%d); put the URL that it shows now into the file",
			origin, status);
	else if (status == 404 || status == 410)
		err_set(err, ERR_CONFIG,
			"%s has nothing at that URL (%d); put the one that it shows now into the "
			"file",
			origin, status);
	else if (status >= 300 && status <= 399)
		err_set(err, ERR_CONFIG,
			"%s sends us on to another place (%d), where we do not go; put that URL "
			"into the file",
			origin, status);
	else
		err_set(err, ERR_DATA, "%s does not take the message (%d); is notify.format right?",
			origin, status);
	err->http_status = status;
	return false;
}

static bool check(const struct app *app, const struct http_reply *reply, struct err *err)
{
	char origin[128];

	http_url_origin(app->config->notify.url, origin, sizeof(origin));
	return judge(reply, origin, err) || err_wrap(err, "notify.url_file");
}

/* Writes a message about those of the LIST that are `telling`. */
static void write_message(const struct app *app, const struct notice *list, size_t n,
			  struct buf *out)
{
	char host[64] = "";
	struct notice_message message = {
		.list = list, .n = n, .host = host, .now = clock_real(app->clock)
	};

	gethostname(host, sizeof(host) - 1);
	notice_write(&message, (enum notice_format)app->config->notify.format, out);
}

static struct http_request request_of(const struct app *app, const struct buf *body)
{
	return (struct http_request){ .method = HTTP_POST,
				      .url = app->config->notify.url,
				      .body = buf_text(body),
				      .body_len = body->len };
}

bool notifier_test(struct app *app, struct err *err)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_MESSAGE);
	CLEANUP(http_close) struct http *http = app_http(app, DEADLINE, err);
	struct http_request request;
	struct http_reply *reply;
	bool ok;

	if (!http)
		return false;
	write_message(app, NULL, 0, &body);
	request = request_of(app, &body);
	reply = http_call(http, &request, err);
	ok = reply && check(app, reply, err);
	http_reply_free(&reply);
	return ok;
}

/* ---- how they are -------------------------------------------------------- */

static struct notice *find(struct notifier *notifier, const char *workspace)
{
	struct schedule_time now = worker_time(notifier->app->clock);
	struct notice *notice;

	for (size_t i = 1; i < notifier->n; i++)
		if (strcmp(notifier->list[i].workspace, workspace) == 0)
			return &notifier->list[i];
	notifier->list = mem_grow(notifier->list, (notifier->n + 1) * sizeof(*notifier->list));
	notice = &notifier->list[notifier->n++];
	*notice = (struct notice){ .workspace = mem_text(workspace, strlen(workspace)) };
	notice_begin(notice, &now);
	return notice;
}

/* Those that this process works on, and those that nobody works on though it would. */
static bool is_ours(const struct app *app, const struct table *all, int row)
{
	struct err ignored;

	if (table_get_int(all, row, "holder_session") == warehouse_session(app->warehouse))
		return true;
	return strcmp(table_get(all, row, "state"), "unattended") == 0 &&
	       config_find(app->config, table_get(all, row, "workspace"), &ignored);
}

/* Asks the warehouse for the states of workspaces, and those that were told. */
static void look(struct notifier *notifier, const struct schedule_time *now)
{
	CLEANUP(table_free) struct table *all = NULL;
	struct app *app = notifier->app;
	struct err ignored;

	notice_see(&notifier->list[0], "well", false, now);
	if (!schedule_status_of_all(app->warehouse, &all, &ignored))
		return;
	for (int row = 0; row < table_rows(all); row++) {
		const char *state = table_get(all, row, "state"),
			   *told = table_get(all, row, "told_state");
		struct notice *notice;

		if (!is_ours(app, all, row))
			continue;
		notice = find(notifier, table_get(all, row, "workspace"));
		if (!notice->unsaved && !notice->telling)
			notice->told = told && !inspect_is_good(told);
		notice_see(notice, state, !inspect_is_good(state), now);
	}
}

/* Writes down the states that were told. */
static void save(struct notifier *notifier)
{
	struct warehouse *warehouse = notifier->app->warehouse;
	struct err ignored;

	notifier->list[0].unsaved = false;
	for (size_t i = 1; i < notifier->n && !warehouse_lost(warehouse); i++) {
		struct notice *notice = &notifier->list[i];

		if (notice->unsaved &&
		    schedule_status_note_told(warehouse, notice->workspace,
					      notice->told ? notice->state : "well", &ignored))
			notice->unsaved = false;
	}
}

/* ---- sending ------------------------------------------------------------- */

static void failed(struct notifier *notifier, const struct err *err, int64_t now)
{
	int64_t wait = FIRST_RETRY;
	struct err_policy_text text;
	struct log_line line;

	for (int i = 0; i < notifier->failures && wait < LAST_RETRY; i++)
		wait *= 2;
	notifier->failures++;
	notifier->retry_at = now + min_i64(wait, LAST_RETRY);
	notifier->metrics->notify_failed++;
	if (!log_backoff(&notifier->trouble, now))
		return;
	log_begin(&line, err_policy_level(err->kind), &events_table()->notify_failed, "%s",
		  err_policy_sentence(err, &text));
	log_end(&notifier->app->log, &line);
}

static void succeeded(struct notifier *notifier, const struct schedule_time *now)
{
	struct log_line line;
	int64_t n = 0;

	for (size_t i = 0; i < notifier->n; i++) {
		struct notice *notice = &notifier->list[i];

		n += notice->telling;
		if (notice->telling)
			notice_told(notice, now);
	}
	notifier->failures = 0;
	notifier->retry_at = TIME_NONE;
	notifier->metrics->notified++;
	(void)!log_backoff_over(&notifier->trouble, now->mono, NULL);
	log_begin(&line, LEVEL_INFO, &events_table()->notified, "told of %d change%s", (int)n,
		  n == 1 ? "" : "s");
	log_number(&line, "changes", n);
	log_end(&notifier->app->log, &line);
}

/* The message is there, or is not. */
static void take_reply(struct notifier *notifier, const struct schedule_time *now)
{
	struct http_reply *reply = notifier->http ? http_take(notifier->http) : NULL;
	struct err err = ERR_INIT;

	if (!reply)
		return;
	if (check(notifier->app, reply, &err))
		succeeded(notifier, now);
	else
		failed(notifier, &err, now->mono);
	http_reply_free(&reply);
	http_close(&notifier->http);
	for (size_t i = 0; i < notifier->n; i++)
		notifier->list[i].telling = false;
}

static void send_message(struct notifier *notifier, int64_t now)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(LONGEST_MESSAGE);
	struct app *app = notifier->app;
	struct http_request request;
	struct err err = ERR_INIT;

	notifier->http = app_http(app, DEADLINE, &err);
	if (!notifier->http) {
		failed(notifier, &err, now);
		return;
	}
	for (size_t i = 0; i < notifier->n; i++) {
		struct notice *notice = &notifier->list[i];

		notice->telling = notice_due(notice, app->config->notify.after) <= now;
		notice->tells = notice->trouble;
	}
	write_message(app, notifier->list, notifier->n, &body);
	request = request_of(app, &body);
	http_send(notifier->http, &request);
}

/* Sends the message that is due. Returns when one will be. */
static int64_t send_due(struct notifier *notifier, int64_t now)
{
	int64_t due = TIME_NEVER;

	if (notifier->http)
		return TIME_NEVER;
	for (size_t i = 0; i < notifier->n; i++)
		due = min_i64(due,
			      notice_due(&notifier->list[i], notifier->app->config->notify.after));
	due = due == TIME_NEVER ? due : max_i64(due, notifier->retry_at);
	if (due > now)
		return due;
	send_message(notifier, now);
	return notifier->http ? TIME_NEVER : notifier->retry_at;
}

/* ---- the turns ----------------------------------------------------------- */

void notifier_begin(struct notifier *notifier, struct app *app, struct metrics *metrics)
{
	struct schedule_time now = worker_time(app->clock);

	*notifier = (struct notifier){ .app = app,
				       .metrics = metrics,
				       .look_at = now.mono + LOOK_SOON,
				       .retry_at = TIME_NONE };
	notifier->list = mem_new(sizeof(*notifier->list));
	notifier->n = 1;
	notice_begin(&notifier->list[0], &now);
}

void notifier_change(struct notifier *notifier)
{
	notifier->failures = 0;
	notifier->retry_at = TIME_NONE;
	notifier->look_at = 0;
}

int64_t notifier_turn(struct notifier *notifier, bool ended)
{
	struct schedule_time now = worker_time(notifier->app->clock);

	take_reply(notifier, &now);
	if (!notifier->app->config->notify.url)
		return TIME_NEVER;
	if (ended)
		notifier->look_at = min_i64(notifier->look_at, now.mono + LOOK_SOON);
	save(notifier);
	if (now.mono >= notifier->look_at) {
		notifier->look_at = now.mono + LOOK_EVERY;
		look(notifier, &now);
	}
	return min_i64(notifier->look_at, send_due(notifier, now.mono));
}

void notifier_turn_without_warehouse(struct notifier *notifier)
{
	struct schedule_time now = worker_time(notifier->app->clock);

	take_reply(notifier, &now);
	if (!notifier->app->config->notify.url)
		return;
	notice_see(&notifier->list[0], "no warehouse", true, &now);
	notifier->look_at = now.mono + LOOK_SOON;
	send_due(notifier, now.mono);
}

bool notifier_is_idle(const struct notifier *notifier)
{
	const struct config_notify *conf = &notifier->app->config->notify;

	if (!conf->url)
		return true;
	for (size_t i = 0; i < notifier->n; i++)
		if (notifier->list[i].unsaved || notice_due(&notifier->list[i], 0) != TIME_NEVER)
			return false;
	return !notifier->http && notifier->look_at > clock_mono(notifier->app->clock) + LOOK_SOON;
}

void notifier_end(struct notifier *notifier)
{
	http_close(&notifier->http);
	for (size_t i = 0; i < notifier->n; i++)
		mem_free(&notifier->list[i].workspace);
	mem_free(&notifier->list);
}
