/* SPDX-License-Identifier: MIT */
#include "refusal.h"

#include <stdarg.h>
#include <stdio.h>

#include "json_writer.h"

static const char *code_of(int status)
{
	static const struct {
		int status;
		const char *code;
	} codes[] = {
		{ 400, "bad_request" }, { 401, "unauthorized" },     { 403, "forbidden" },
		{ 404, "not_found" },	{ 422, "validation_error" }, { 429, "rate_limited" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].status == status)
			return codes[i].code;
	return status >= 500 ? "server_error" : "bad_request";
}

bool refusal_set(struct httpd_answer *answer, int status, const char *fmt, ...)
{
	struct json_writer out = JSON_WRITER_TO(&answer->body);
	char message[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	answer->status = status;
	buf_reset(&answer->body);
	json_writer_open(&out, '{');
	json_writer_key(&out, "error");
	json_writer_open(&out, '{');
	json_writer_key_string(&out, "code", code_of(status));
	json_writer_key_string(&out, "message", message);
	json_writer_key_int(&out, "status", status);
	json_writer_close(&out, '}');
	json_writer_close(&out, '}');
	return false;
}
