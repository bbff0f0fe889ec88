/* SPDX-License-Identifier: MIT */
/*
 * Where a sweep stands, and the evidence of its order, as the warehouse holds them: any JSON may
 * stand there. What is read can be written, and reads as the same again.
 */
#include "fuzz.h"
#include "json.h"
#include "state_json.h"

static struct json_reader *reader;

static struct json *parse(const char *text, size_t n)
{
	struct err ignored;

	return json_parse(reader, text, n, &ignored);
}

static void check_position(const struct json_at *at)
{
	CLEANUP(buf_free) struct buf first = BUF_MAX(1 << 20);
	CLEANUP(buf_free) struct buf second = BUF_MAX(1 << 20);
	CLEANUP(json_free) struct json *again = NULL;
	struct full_state read = { .running = false }, reread = { .running = false };
	struct json_at root;

	if (!state_json_read_position(at, &read))
		return;
	state_json_write_position(&first, &read);
	again = parse(buf_text(&first), first.len);
	MUST(again);
	root = json_root(again);
	MUST(state_json_read_position(&root, &reread));
	state_json_write_position(&second, &reread);
	MUST(strcmp(buf_text(&first), buf_text(&second)) == 0);
}

static void check_evidence(const struct json_at *at)
{
	CLEANUP(buf_free) struct buf first = BUF_MAX(1 << 20);
	CLEANUP(buf_free) struct buf second = BUF_MAX(1 << 20);
	CLEANUP(json_free) struct json *again = NULL;
	struct evidence read = { 0 }, reread = { 0 };
	struct json_at root;

	state_json_read_evidence(at, &read);
	state_json_write_evidence(&first, &read);
	again = parse(buf_text(&first), first.len);
	MUST(again);
	root = json_root(again);
	state_json_read_evidence(&root, &reread);
	state_json_write_evidence(&second, &reread);
	MUST(strcmp(buf_text(&first), buf_text(&second)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n);
	struct json *json;

	if (!reader)
		reader = json_reader_new();
	json = parse(text, n);
	if (json) {
		struct json_at root = json_root(json);

		check_position(&root);
		check_evidence(&root);
	}
	json_free(&json);
	free(text);
	return 0;
}
