/* SPDX-License-Identifier: MIT */
#include "http_reply.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "redact.h"

/* Seconds that an Age says at most; one that is longer is no true one, anyway. */
#define LONGEST_AGE INT64_C(1000000)

/* The bytes of the bodies of all replies. Memory is the process's, and so is this. */
static size_t bodies;

struct http_reply *http_reply_new(void *tag, size_t max_body)
{
	struct http_reply *reply = mem_new(sizeof(*reply));

	reply->tag = tag;
	reply->date = TIME_NONE;
	reply->retry_after = -1;
	reply->body.max = max_body;
	reply->body.private = true;
	return reply;
}

void http_reply_add(struct http_reply *reply, const char *p, size_t n)
{
	size_t before = reply->body.room;

	buf_add(&reply->body, p, n);
	bodies += reply->body.room - before;
}

size_t http_reply_bodies(void)
{
	return bodies;
}

void http_reply_free(struct http_reply **reply)
{
	if (!*reply)
		return;
	bodies -= (*reply)->body.room;
	buf_free(&(*reply)->body);
	mem_free(reply);
}

bool http_reply_seconds(const char *s, int64_t most, int64_t *ret)
{
	size_t digits = strspn(s, "0123456789");
	int64_t seconds = 0;

	if (digits == 0 || s[digits] != '\0')
		return false;
	for (; *s && seconds < most; s++)
		seconds = seconds * 10 + (*s - '0');
	*ret = min_i64(seconds, most) * USEC_PER_SEC;
	return true;
}

/* Copies the value of the header line at P, fit for a sentence, when it is called NAME. */
static bool header_is(const char *p, size_t n, const char *name, char *value, size_t size)
{
	size_t len = strlen(name);

	if (n <= len || strncasecmp(p, name, len) != 0 || p[len] != ':')
		return false;
	p += len + 1;
	n -= len + 1;
	while (n > 0 && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n > 0 && isspace((unsigned char)p[n - 1]))
		n--;
	err_quote(value, size, p, n);
	return true;
}

static void begin_headers(struct http_reply *reply)
{
	reply->date_text[0] = '\0';
	reply->age = 0;
	reply->content_type[0] = reply->location[0] = reply->retry_after_text[0] = '\0';
	reply->headed = false;
}

void http_reply_header(struct http_reply *reply, const char *p, size_t n)
{
	char age[64];

	if (n > 0 && (p[0] == '\n' || p[0] == '\r')) {
		reply->headed = true;
		return;
	}
	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0) {
		begin_headers(reply);
		return;
	}
	if (header_is(p, n, "Age", age, sizeof(age)) &&
	    !http_reply_seconds(age, LONGEST_AGE, &reply->age))
		reply->age = 0;
	(void)(header_is(p, n, "Date", reply->date_text, sizeof(reply->date_text)) ||
	       header_is(p, n, "Content-Type", reply->content_type, sizeof(reply->content_type)) ||
	       header_is(p, n, "Location", reply->location, sizeof(reply->location)) ||
	       header_is(p, n, "Retry-After", reply->retry_after_text,
			 sizeof(reply->retry_after_text)));
}

void http_reply_redact(struct http_reply *reply)
{
	if (reply->body.len > 0)
		redact_text(reply->body.data, reply->body.len);
	redact_text(reply->location, strlen(reply->location));
	redact_text(reply->content_type, strlen(reply->content_type));
}

void http_reply_queue(struct http_replies *queue, struct http_reply *reply)
{
	struct http_reply **link = &queue->first;

	while (*link)
		link = &(*link)->next;
	reply->next = NULL;
	*link = reply;
}

struct http_reply *http_reply_unqueue(struct http_replies *queue, const void *tag)
{
	struct http_reply **link = &queue->first, *reply;

	while (*link && tag && (*link)->tag != tag)
		link = &(*link)->next;
	reply = *link;
	if (reply)
		*link = reply->next;
	return reply;
}
