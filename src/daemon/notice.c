/* SPDX-License-Identifier: MIT */
#include "notice.h"

#include <stdio.h>
#include <string.h>

#include "json_writer.h"
#include "time_format.h"

/* After an end was told: a minute, two, four, ... until trouble is told again. */
#define FIRST_QUIET (60 * USEC_PER_SEC)
#define LAST_QUIET (60 * FIRST_QUIET)

/* So many workspaces are named in the sentence. */
#define MOST_NAMED 10

#define LONGEST_TEXT 8192

/* ---- when --------------------------------------------------------------- */

void notice_begin(struct notice *notice, const struct schedule_time *now)
{
	notice->trouble = notice->told = notice->telling = notice->unsaved = false;
	notice->since = now->real;
	notice->changed = now->mono;
	notice->quiet = TIME_NONE;
	notice->times = 0;
	snprintf(notice->state, sizeof(notice->state), "well");
}

void notice_see(struct notice *notice, const char *state, bool trouble,
		const struct schedule_time *now)
{
	snprintf(notice->state, sizeof(notice->state), "%s", state);
	if (trouble == notice->trouble)
		return;
	if (!trouble)
		notice->lasted = now->mono - notice->changed;
	else if (now->mono - notice->changed > LAST_QUIET)
		notice->times = 0;
	notice->trouble = trouble;
	notice->since = now->real;
	notice->changed = now->mono;
}

int64_t notice_due(const struct notice *notice, int64_t after)
{
	if (notice->telling || notice->trouble == notice->told)
		return TIME_NEVER;
	if (!notice->trouble)
		return notice->changed;
	return max_i64(notice->changed + after, notice->quiet);
}

void notice_told(struct notice *notice, const struct schedule_time *now)
{
	int64_t gap = FIRST_QUIET;

	notice->told = notice->tells;
	notice->unsaved = true;
	if (notice->told)
		return;
	for (int i = 0; i < notice->times && gap < LAST_QUIET; i++)
		gap *= 2;
	notice->times++;
	notice->quiet = now->mono + min_i64(gap, LAST_QUIET);
}

/* ---- the message -------------------------------------------------------- */

/* "utama is failing since 2026-01-02T03:04:05Z", "utama is well again, after 12m" */
static void put_subject(struct buf *out, const struct notice *notice)
{
	char time[TIME_FORMAT_SIZE];

	if (notice->workspace)
		buf_printf(out, "workspace %s is %s", notice->workspace, notice->state);
	else
		buf_str(out, notice->trouble ? "the warehouse does not answer"
					     : "the warehouse answers");
	if (notice->trouble)
		buf_printf(out, " since %s",
			   time_format(notice->since / USEC_PER_SEC * USEC_PER_SEC, time));
	else
		buf_printf(out, "%s, after %s", strcmp(notice->state, "well") == 0 ? " again" : "",
			   duration_format(notice->lasted, time));
}

static void put_sentence(const struct notice_message *message, struct buf *out)
{
	size_t n = 0;
	bool trouble = false;

	buf_printf(out, "sahut-etl on %s: ", message->host);
	for (size_t i = 0; i < message->n; i++) {
		const struct notice *notice = &message->list[i];

		if (!notice->telling)
			continue;
		trouble = trouble || notice->trouble;
		if (n++ >= MOST_NAMED)
			continue;
		buf_str(out, n > 1 ? "; " : "");
		put_subject(out, notice);
	}
	if (n > MOST_NAMED)
		buf_printf(out, "; and %zu more", n - MOST_NAMED);
	if (n == 0)
		buf_str(out, "this is a test, and nothing is wrong");
	else if (trouble)
		buf_str(out, ". To see why: sahut-etl status");
}

/* Escapes text that Slack would take for a link, a mention or a channel. */
static void put_slack(const char *text, struct buf *out)
{
	CLEANUP(buf_free) struct buf safe = BUF_MAX(6 * LONGEST_TEXT);
	struct json_writer json = JSON_WRITER_TO(out);

	for (; *text; text++) {
		if (*text == '&')
			buf_str(&safe, "&amp;");
		else if (*text == '<')
			buf_str(&safe, "&lt;");
		else if (*text == '>')
			buf_str(&safe, "&gt;");
		else
			buf_char(&safe, *text);
	}
	json_writer_open(&json, '{');
	json_writer_key_string(&json, "text", buf_text(&safe));
	json_writer_close(&json, '}');
}

static void put_changes(const struct notice_message *message, struct json_writer *json)
{
	json_writer_key(json, "changes");
	json_writer_open(json, '[');
	for (size_t i = 0; i < message->n; i++) {
		const struct notice *notice = &message->list[i];

		if (!notice->telling)
			continue;
		json_writer_open(json, '{');
		json_writer_key_string(json, "workspace", notice->workspace);
		json_writer_key_string(json, "state", notice->state);
		json_writer_key_bool(json, "trouble", notice->trouble);
		json_writer_key(json, "since");
		json_writer_time(json, notice->since);
		json_writer_close(json, '}');
	}
	json_writer_close(json, ']');
}

void notice_write(const struct notice_message *message, enum notice_format format, struct buf *out)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(LONGEST_TEXT);
	struct json_writer json = JSON_WRITER_TO(out);

	put_sentence(message, &text);
	if (format == NOTICE_SLACK) {
		put_slack(buf_text(&text), out);
		return;
	}
	json_writer_open(&json, '{');
	json_writer_key_string(&json, "source", "sahut-etl");
	json_writer_key_string(&json, "host", message->host);
	json_writer_key(&json, "sent_at");
	json_writer_time(&json, message->now);
	json_writer_key_bool(&json, "test", message->n == 0);
	json_writer_key_string(&json, "text", buf_text(&text));
	put_changes(message, &json);
	json_writer_close(&json, '}');
}
