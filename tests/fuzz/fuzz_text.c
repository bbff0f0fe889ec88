/* SPDX-License-Identifier: MIT */
/*
 * A text that somebody else wrote, on its way to a terminal, a log line, a
 * URL, JSON: nothing gets through that means something there.
 */
#include "err.h"
#include "fuzz.h"
#include "json.h"
#include "json_writer.h"
#include "log.h"
#include "nearest.h"
#include "uri.h"
#include "utf8.h"
#include "width.h"

static void check_shown(const char *shown)
{
	size_t n = strlen(shown);

	for (size_t i = 0, len; i < n; i += len) {
		len = utf8_printable(shown + i, n - i);
		MUST(len > 0);
	}
	MUST(width_of(shown, n) <= 2 * n);
}

static void check_quote(const char *text, size_t n)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 5, 8, 64, 4096 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *shown = malloc(sizes[i]);

		MUST(shown && err_quote(shown, sizes[i], text, n) == shown);
		MUST(strlen(shown) < sizes[i]);
		check_shown(shown);
		free(shown);
	}
}

static void check_uri(const char *text)
{
	struct buf url = BUF_MAX(64u << 20);

	uri_escape(&url, text);
	MUST(strspn(buf_text(&url), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-_.~%") == url.len);
	buf_free(&url);
	(void)!uri_is_loopback(text);
}

static void check_json(const char *text, size_t n)
{
	static struct json_reader *reader;
	struct buf out = BUF_MAX(64u << 20);
	struct json_writer json = JSON_WRITER_TO(&out);
	struct json_at root;
	struct json *tree;
	struct err err;

	if (!reader)
		reader = json_reader_new();
	json_writer_text(&json, text, n);
	MUST(strspn(buf_text(&out), "\n\r\t") == 0);
	tree = json_parse(reader, buf_text(&out), out.len, &err);
	MUST(tree);
	root = json_root(tree);
	MUST(json_kind(&root) == JSON_STRING);
	json_free(&tree);
	buf_free(&out);
}

static char written[1 << 16];

/* However it is written, an event is one line. HOW says in which form, and how many fields it has. */
static void check_log(const char *text, size_t how)
{
	static const struct log_event event = { "cycle", NULL };
	static const enum log_form forms[] = { LOG_FORM_TEXT, LOG_FORM_JSON, LOG_FORM_PLAIN };
	FILE *file = fmemopen(written, sizeof(written), "w");
	struct log_stream stream = { file, forms[how % ARRAY_SIZE(forms)], clock_system() };
	struct log_line line;
	size_t n;

	MUST(file);
	log_begin(&line, LEVEL_INFO, &event, "utama: %s", text);
	for (size_t i = 0; i < how / ARRAY_SIZE(forms); i++)
		log_text(&line, "name", text);
	log_stream(&stream, &line);
	fclose(file);
	n = strlen(written);
	MUST(n > 0 && written[n - 1] == '\n');
	written[n - 1] = '\0';
	check_shown(written);
}

static void check_nearest(const char *text)
{
	struct nearest itself = nearest_to(text), there = nearest_to(text),
		       back = nearest_to("incremental");

	nearest_try(&itself, text);
	MUST(itself.found == text || strlen(text) > 63);
	nearest_try(&there, "incremental");
	nearest_try(&back, text);
	MUST(there.distance == back.distance);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n);

	check_quote(text, n);
	check_uri(text);
	check_json(text, n);
	check_log(text, n > 0 ? data[n - 1] : 0);
	check_nearest(text);
	free(text);
	return 0;
}
