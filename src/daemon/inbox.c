/* SPDX-License-Identifier: MIT */
#include "inbox.h"

#include <inttypes.h>
#include <string.h>

#include "err_policy.h"
#include "events.h"
#include "mem.h"
#include "secret.h"
#include "webhook_body.h"

/* The file of the secrets is looked at no more often. */
#define READ_EVERY USEC_PER_SEC

/* So many cycles in a row find changes of which no event spoke before that is said. */
#define UNSPOKEN_CYCLES 3

struct inbox *inbox_new(void)
{
	struct inbox *inbox = mem_new(sizeof(*inbox));

	inbox->last = TIME_NONE;
	return inbox;
}

void inbox_free(struct inbox **inbox)
{
	if (!*inbox)
		return;
	explicit_bzero(&(*inbox)->keys, sizeof((*inbox)->keys));
	mem_free(inbox);
}

static void complain(const struct inbox_env *env, enum log_level level,
		     const struct log_event *event, const char *text)
{
	struct log_line line;

	log_begin(&line, level, event, "%s: %s", env->workspace->name, text);
	log_text(&line, "workspace", env->workspace->name);
	log_end(env->log, &line);
}

/* A secret that cannot be read any more is in force no longer. */
static void read_secrets(struct inbox *inbox, const struct inbox_env *env, int64_t now)
{
	struct secret_lines lines;
	struct err err = ERR_INIT;

	if (inbox->read_at > 0 && now < inbox->read_at + READ_EVERY)
		return;
	inbox->read_at = now;
	explicit_bzero(&inbox->keys, sizeof(inbox->keys));
	if (!secret_read_lines(env->workspace->webhook.secret_file, env->config_path, &lines,
			       &err)) {
		err_wrap(&err, "events of webhooks are refused");
		if (log_backoff(&inbox->no_secret, now))
			complain(env, LEVEL_ERROR, &events_table()->webhook_refused, err.text);
		return;
	}
	(void)!log_backoff_over(&inbox->no_secret, now, NULL);
	for (int i = 0; i < lines.n; i++)
		hmac_key(&inbox->keys.keys[inbox->keys.n++], lines.secrets[i],
			 strlen(lines.secrets[i]));
	secret_lines_free(&lines);
}

static bool refuse(struct inbox *inbox, const struct inbox_env *env, int64_t now)
{
	env->stats->events[STATS_EVENT_REFUSED]++;
	if (inbox->keys.n > 0 && log_backoff(&inbox->forgeries, now))
		complain(env, LEVEL_WARNING, &events_table()->webhook_refused,
			 "an event came whose signature is wrong or missing; it was not read. Is "
			 "the secret in webhook.secret_file the webhook's?");
	return false;
}

/* Keeps the hints of an event, and tells which counter it belongs to. */
static enum stats_event keep(struct hints *hints, const struct webhook_body *body, int64_t now)
{
	bool fresh = body->more;

	for (int i = 0; i < body->n; i++)
		fresh = hints_add(hints, body->ids[i], body->message, now) || fresh;
	if (body->more)
		hints_add_more(hints, now);
	if (body->n == 0 && !body->more)
		return STATS_EVENT_EMPTY;
	return fresh ? STATS_EVENT_KEPT : STATS_EVENT_REPEATED;
}

bool inbox_take(struct inbox *inbox, const struct inbox_env *env, const struct inbox_event *event)
{
	int64_t now = clock_mono(env->clock);
	struct webhook_body body;

	read_secrets(inbox, env, now);
	if (!webhook_signature_is_right(&inbox->keys, event->signature, event->body, event->n))
		return refuse(inbox, env, now);
	(void)!log_backoff_over(&inbox->forgeries, now, NULL);
	inbox->last = env->stats->event_at = clock_real(env->clock);
	inbox->unspoken = inbox->unspoken_cycles = 0;
	webhook_body_read(event->body, event->n, &body);
	env->stats->events[keep(&inbox->hints, &body, now)]++;
	return true;
}

void inbox_message_ids(const struct inbox *inbox, struct buf *ids)
{
	/* They are letters, digits, lines and dashes. */
	for (int i = 0; i < inbox->hints.taken; i++)
		if (inbox->hints.list[i].message)
			buf_printf(ids, "%c%s", ids->len ? ',' : '{', inbox->hints.list[i].id);
	if (ids->len > 0)
		buf_char(ids, '}');
}

void inbox_end(struct inbox *inbox, struct stats *stats, const struct err *err, int64_t now)
{
	const struct hints *hints = &inbox->hints;
	bool again = err_policy_passes(err->kind);

	if (!again && hints->taken > 0)
		stats->event_delay = now - hints->list[0].heard;
	else if (!again && hints->more_taken)
		stats->event_delay = now - hints->more_heard;
	hints_end(&inbox->hints, !again);
	if (err->kind != ERR_NONE && !again)
		hints_add_more(&inbox->hints, now);
}

void inbox_compare(struct inbox *inbox, const struct inbox_env *env, int64_t changes)
{
	struct log_line line;

	inbox->unspoken += changes;
	inbox->unspoken_cycles += changes > 0;
	env->stats->unspoken = inbox->unspoken_cycles >= UNSPOKEN_CYCLES ? inbox->unspoken : 0;
	if (env->stats->unspoken == 0 || !log_backoff(&inbox->unheard, clock_mono(env->clock)))
		return;
	log_begin(&line, LEVEL_WARNING, &events_table()->webhook_silent,
		  "%s: cycles have found %" PRId64
		  " changes since the last event of a webhook came; is it registered, and is its "
		  "address reached? sahut-etl check looks",
		  env->workspace->name, inbox->unspoken);
	log_text(&line, "workspace", env->workspace->name);
	log_number(&line, "changes", inbox->unspoken);
	log_end(env->log, &line);
}
