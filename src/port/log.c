/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "err.h"
#include "json_writer.h"
#include "redact.h"
#include "time_format.h"

/* The longest line that a stream gets; a field that does not fit is cut. */
#define STREAM_LINE 8192

static const char *const level_names[] = {
	[LEVEL_ERROR] = "error", [LEVEL_WARNING] = "warning", [LEVEL_NOTICE] = "notice",
	[LEVEL_INFO] = "info",	 [LEVEL_DEBUG] = "debug",
};

const char *log_level_name(enum log_level level)
{
	assert((size_t)level < ARRAY_SIZE(level_names));
	return level_names[level];
}

bool log_level_parse(const char *name, enum log_level *ret)
{
	for (size_t i = LEVEL_ERROR; i < ARRAY_SIZE(level_names); i++) {
		if (strcmp(name, level_names[i]) == 0) {
			*ret = (enum log_level)i;
			return true;
		}
	}
	return false;
}

/* Puts a printed text into the line's store, with unprintable characters made visible. */
PRINTF_LIKE(2, 0)
static const char *keep(struct log_line *line, const char *fmt, va_list args)
{
	char raw[LOG_LINE_SIZE / 2];
	char *to = line->store + line->used;
	size_t room = sizeof(line->store) - line->used;
	int n = vsnprintf(raw, sizeof(raw), fmt, args);

	if (n < 0 || room < 8)
		return "";
	redact_text(raw, strlen(raw));
	err_quote(to, room, raw, strlen(raw));
	line->used += strlen(to) + 1;
	return to;
}

void log_begin(struct log_line *line, enum log_level level, const struct log_event *event,
	       const char *fmt, ...)
{
	va_list args;

	line->level = level;
	line->event = event;
	line->n = 0;
	line->used = 0;
	va_start(args, fmt);
	line->message = keep(line, fmt, args);
	va_end(args);
}

void log_field(struct log_line *line, const char *key, const char *fmt, ...)
{
	va_list args;

	if (line->n == LOG_MAX_FIELDS)
		return;
	va_start(args, fmt);
	line->fields[line->n].key = key;
	line->fields[line->n].value = keep(line, fmt, args);
	line->n++;
	va_end(args);
}

void log_text(struct log_line *line, const char *key, const char *value)
{
	if (value)
		log_field(line, key, "%s", value);
}

void log_number(struct log_line *line, const char *key, int64_t value)
{
	log_field(line, key, "%" PRId64, value);
}

void log_end(const struct log *log, const struct log_line *line)
{
	if (log->sink && line->level <= log->level)
		log->sink(log->arg, line);
}

/* A value as logfmt has it: bare where it can be, else in quotes. */
static void logfmt_value(struct buf *out, const char *value)
{
	if (*value && !strpbrk(value, " \"=\\")) {
		buf_str(out, value);
		return;
	}
	buf_char(out, '"');
	for (const char *p = value; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_char(out, '\\');
		buf_char(out, *p);
	}
	buf_char(out, '"');
}

static void format_text(struct buf *out, const struct log_line *line,
			const struct log_stream *stream)
{
	char time[TIME_FORMAT_SIZE];

	buf_printf(out, "time=%s ",
		   time_format(clock_real(stream->clock) / USEC_PER_SEC * USEC_PER_SEC, time));
	buf_printf(out, "level=%s msg=", log_level_name(line->level));
	logfmt_value(out, line->message);
	if (line->event)
		buf_printf(out, " event=%s", line->event->name);
	for (size_t i = 0; i < line->n; i++) {
		buf_printf(out, " %s=", line->fields[i].key);
		logfmt_value(out, line->fields[i].value);
	}
}

static void format_json(struct buf *out, const struct log_line *line,
			const struct log_stream *stream)
{
	struct json_writer json = JSON_WRITER_TO(out);

	json_writer_open(&json, '{');
	json_writer_key(&json, "time");
	json_writer_time(&json, clock_real(stream->clock));
	json_writer_key_string(&json, "level", log_level_name(line->level));
	json_writer_key_string(&json, "msg", line->message);
	if (line->event)
		json_writer_key_string(&json, "event", line->event->name);
	for (size_t i = 0; i < line->n; i++)
		json_writer_key_string(&json, line->fields[i].key, line->fields[i].value);
	json_writer_close(&json, '}');
}

void log_stream(void *arg, const struct log_line *line)
{
	const struct log_stream *stream = arg;
	CLEANUP(buf_free) struct buf out = BUF_MAX(STREAM_LINE);

	if (stream->form == LOG_FORM_JSON)
		format_json(&out, line, stream);
	else if (stream->form == LOG_FORM_PLAIN)
		buf_printf(&out, "sahut-etl: %s", line->message);
	else
		format_text(&out, line, stream);
	buf_char(&out, '\n');
	/* One write a line: lines of several processes on one terminal do not mix. */
	fwrite(buf_text(&out), 1, out.len, stream->file);
	fflush(stream->file);
}
