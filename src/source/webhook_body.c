/* SPDX-License-Identifier: MIT */
#include "webhook_body.h"

#include <string.h>

#define PREFIX "conv_"
#define MESSAGE "message.created"

static bool is_id_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

static bool is_id(const char *text, size_t n)
{
	if (n <= strlen(PREFIX) || memcmp(text, PREFIX, strlen(PREFIX)) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_id_letter(text[i]))
			return false;
	return true;
}

static bool is_known(const struct webhook_body *body, const char *text, size_t n)
{
	for (int i = 0; i < body->n; i++)
		if (strlen(body->ids[i]) == n && memcmp(body->ids[i], text, n) == 0)
			return true;
	return false;
}

/* One string of the body, as it is written. */
static void look_at(struct webhook_body *body, const char *text, size_t n)
{
	if (n == strlen(MESSAGE) && memcmp(text, MESSAGE, n) == 0)
		body->message = true;
	if (!is_id(text, n) || is_known(body, text, n))
		return;
	if (n >= WEBHOOK_BODY_ID_SIZE || body->n == WEBHOOK_BODY_IDS) {
		body->more = true;
		return;
	}
	memcpy(body->ids[body->n], text, n);
	body->ids[body->n++][n] = '\0';
}

void webhook_body_read(const char *text, size_t n, struct webhook_body *body)
{
	const char *end = text + n, *from = NULL;

	*body = (struct webhook_body){ .n = 0 };
	for (const char *p = text; p < end; p++) {
		if (from && *p == '\\') {
			/* An escaped character is no quotation mark that ends the string. */
			p++;
		} else if (*p == '"' && from) {
			look_at(body, from, (size_t)(p - from));
			from = NULL;
		} else if (*p == '"') {
			from = p + 1;
		}
	}
}
