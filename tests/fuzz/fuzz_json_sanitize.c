/* SPDX-License-Identifier: MIT */
/* JSON as it arrives: what is made of it is UTF-8, and safe to be read a second time. */
#include "fuzz.h"
#include "json.h"
#include "json_sanitize.h"
#include "utf8.h"

static void check_utf8(const struct json_sanitize *text)
{
	for (size_t i = 0, len; i < text->n; i += len) {
		len = utf8_char(text->s + i, text->n - i);
		MUST(len > 0 && text->s[i] != '\0');
	}
}

/* What was read is written so that it reads the same again. */
static void check_again(struct json_reader *reader, const struct json *json)
{
	struct buf first = BUF_MAX(64u << 20), second = BUF_MAX(64u << 20);
	struct json_at root = json_root(json), again;
	struct json *copy;
	struct err err;

	json_write(&root, &first);
	copy = json_parse(reader, buf_text(&first), first.len, &err);
	MUST(copy);
	again = json_root(copy);
	json_write(&again, &second);
	MUST(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	json_free(&copy);
	buf_free(&first);
	buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct json_reader *reader;
	struct buf once = BUF_MAX(64u << 20), twice = BUF_MAX(64u << 20);
	struct json_sanitize text = { .n = n }, again;
	struct json *json;
	struct err err;

	data = n > 0 ? data : (const uint8_t *)"";
	if (!reader)
		reader = json_reader_new();
	text.s = (const char *)data;
	json = json_parse(reader, text.s, n, &err);
	if (json_sanitize_repair(&text, &once)) {
		MUST(!json && err.kind == ERR_DATA && text.at <= n);
		buf_free(&once);
		return 0;
	}
	MUST(text.repaired <= n);
	check_utf8(&text);
	again = text;
	MUST(!json_sanitize_repair(&again, &twice) && again.repaired == 0 && again.s == text.s);
	/* What the judge lets through, json-c reads: whichever version it is. */
	MUST(json);
	check_again(reader, json);
	json_free(&json);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
