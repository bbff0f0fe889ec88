/* SPDX-License-Identifier: MIT */
/* JSON as it arrives: what is made of it is UTF-8, and safe to be read a second time. */
#include "fuzz.h"
#include "json.h"
#include "json_sanitize.h"
#include "utf8.h"

static void check_utf8(const struct buf *text)
{
	for (size_t i = 0, len; i < text->len; i += len) {
		len = utf8_char(text->data + i, text->len - i);
		MUST(len > 0 && text->data[i] != '\0');
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
	size_t repaired;
	struct json *json;
	struct err err;

	data = n > 0 ? data : (const uint8_t *)"";
	if (!reader)
		reader = json_reader_new();
	if (json_sanitize_repair((const char *)data, n, &once, &repaired)) {
		buf_free(&once);
		return 0;
	}
	MUST(repaired <= n);
	check_utf8(&once);
	MUST(!json_sanitize_repair(buf_text(&once), once.len, &twice, &repaired) && repaired == 0);
	/* A byte order mark within the text may have come to its front. */
	if (once.len < 3 || memcmp(once.data, "\xef\xbb\xbf", 3) != 0)
		MUST(once.len == twice.len &&
		     (once.len == 0 || memcmp(once.data, twice.data, once.len) == 0));
	json = json_parse(reader, buf_text(&once), once.len, &err);
	if (json)
		check_again(reader, json);
	else
		MUST(err.kind == ERR_DATA);
	json_free(&json);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
