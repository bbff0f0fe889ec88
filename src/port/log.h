/* SPDX-License-Identifier: MIT */
/*
 * log.h -- Writes one event as one line of key=value pairs.
 *
 * A line is a sentence for people and fields for machines. It is built on the
 * stack and handed to a sink, which the daemon chooses: text or JSON on a
 * stream (here), or the journal (journal.h). Values come from the network,
 * so every sink gets them with control characters made visible; no name of a
 * conversation can begin a line of its own.
 */
#ifndef LOG_H
#define LOG_H

#include <stdio.h>

#include "base.h"
#include "buf.h"
#include "clock.h"

/* The numbers of syslog and of journald's PRIORITY. */
enum log_level {
	LEVEL_ERROR = 3,   /* needs a person */
	LEVEL_WARNING = 4, /* degraded, and tried again */
	LEVEL_NOTICE = 5,  /* a state changed */
	LEVEL_INFO = 6,	   /* one line a cycle */
	LEVEL_DEBUG = 7,   /* one line a request */
};

/* A kind of event: its name, and the id under which the journal's catalog explains it. */
struct log_event {
	const char *name; /* "cycle" */
	const char *id;	  /* 32 hexadecimal digits, or NULL */
};

#define LOG_MAX_FIELDS 24
#define LOG_LINE_SIZE 3072

/* A line being built. Lives on the stack of the function that reports. */
struct log_line {
	enum log_level level;
	const struct log_event *event;
	const char *message; /* points into store */
	struct log_field {
		const char *key;   /* a constant, lower case */
		const char *value; /* points into store */
	} fields[LOG_MAX_FIELDS];
	size_t n;
	size_t used; /* private, as is the store */
	char store[LOG_LINE_SIZE];
};

struct log {
	enum log_level level; /* less important lines are dropped */
	void (*sink)(void *arg, const struct log_line *line);
	void *arg;
};

/* Begins a line: its level, its event and the sentence. */
void log_begin(struct log_line *line, enum log_level level, const struct log_event *event,
	       const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Adds a field. One too many, or too long for the rest of the line, is cut. */
void log_field(struct log_line *line, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Adds a field whose value may be NULL, which leaves it out. */
void log_text(struct log_line *line, const char *key, const char *value);

/* Adds a number. */
void log_number(struct log_line *line, const char *key, int64_t value);

/* Hands the line to the sink, if its level is wanted. */
void log_end(const struct log *log, const struct log_line *line);

/* "error", "warning", ... */
const char *log_level_name(enum log_level level) MUST_CHECK;

/* The level of that name. False when there is none. */
bool log_level_parse(const char *name, enum log_level *ret) MUST_CHECK;

/* How a stream is written. */
enum log_form {
	LOG_FORM_TEXT,	/* time=... level=info msg="..." key=value */
	LOG_FORM_JSON,	/* one object a line */
	LOG_FORM_PLAIN, /* "sahut-etl: sentence", for a person at a terminal */
};

/* The stream of log_stream(), and its form; lives as long as the log. */
struct log_stream {
	FILE *file;
	enum log_form form;
	const struct clock *clock;
};

/* A sink that writes to a stream; ARG is a struct log_stream. */
void log_stream(void *arg, const struct log_line *line);

#endif
