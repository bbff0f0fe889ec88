/* SPDX-License-Identifier: MIT */
/*
 * A table, written: what is written reads back as the cells that were there.
 *
 * The input is the cells, with NULs between them, two columns of texts; a
 * cell that is "~" is NULL.
 */
#include "fuzz.h"
#include "json.h"
#include "table_format.h"
#include "table_print.h"
#include "utf8.h"

#define COLUMNS 2
#define LIMIT (64u << 20)

static struct table *to_grid(const char *text, size_t n)
{
	struct table *table = table_new(COLUMNS);
	const char *end = text + n;
	int column = 0, row = 0;

	table_name(table, 0, "a", false);
	table_name(table, 1, "b", false);
	while (text < end) {
		size_t len = strlen(text);

		if (column == 0)
			row = table_add(table);
		if (strcmp(text, "~") != 0)
			table_set(table, row, column, text, len);
		column = (column + 1) % COLUMNS;
		text += len + 1;
	}
	return table;
}

/* A cell of CSV at *P, quoted or empty, into the end of OUT. Returns whether it was NULL. */
static bool read_cell(const char **p, struct buf *out)
{
	buf_reset(out);
	if (**p != '"')
		return true;
	for (++*p;; ++*p) {
		MUST(**p);
		if (**p == '"' && *++*p != '"')
			return false;
		buf_char(out, **p);
	}
}

/* Whether both are the same, but for apostrophes before what would be a formula. */
static bool is_same(const char *got, const char *want)
{
	while (*want) {
		if (*got == '\'' && *want != '\'')
			got++;
		if (*got++ != *want++)
			return false;
	}
	return *got == '\0';
}

static void check_csv(const struct table *table)
{
	struct buf out = BUF_MAX(LIMIT), cell = BUF_MAX(LIMIT);
	const struct table_format format = TABLE_FORMAT_CSV;
	const char *p;

	table_format_head(&format, table, &out);
	table_format_rows(&format, table, &out);
	p = buf_text(&out);
	MUST(strncmp(p, "a,b\r\n", 5) == 0);
	p += 5;
	for (int r = 0; r < table_rows(table); r++) {
		for (int c = 0; c < COLUMNS; c++) {
			const char *want = table_text(table, r, c), *got;
			bool is_null = read_cell(&p, &cell);

			MUST(is_null == !want);
			got = buf_text(&cell);
			MUST(is_null || !*got || !strchr("=+-@\t\r\n", *got));
			MUST(is_null || is_same(got, want));
			MUST(*p == (c + 1 < COLUMNS ? ',' : '\r'));
			p++;
		}
		MUST(*p++ == '\n');
	}
	MUST(*p == '\0');
	buf_free(&out);
	buf_free(&cell);
}

static void check_json(const struct table *table)
{
	static struct json_reader *reader;
	struct buf out = BUF_MAX(LIMIT);
	struct json_at root;
	struct json *json;
	struct err err;

	if (!reader)
		reader = json_reader_new();
	table_format_json(table, &out);
	json = json_parse(reader, buf_text(&out), out.len, &err);
	MUST(json);
	root = json_root(json);
	MUST(json_kind(&root) == JSON_ARRAY && (int)json_length(&root) == table_rows(table));
	for (int r = 0; r < table_rows(table); r++) {
		struct json_at object = json_element(&root, (size_t)r);
		struct json_at cell = json_member(&object, "a");
		const char *want = table_text(table, r, 0), *got;

		MUST(want ? json_string(&cell, &got, &err) : json_kind(&cell) == JSON_NULL);
	}
	json_free(&json);
	buf_free(&out);
}

static void check_table(const struct table *table)
{
	struct buf out = BUF_MAX(LIMIT);
	int lines = 0;

	table_print(table, &out, NULL);
	for (size_t i = 0; i < out.len;) {
		size_t len = utf8_printable(out.data + i, out.len - i);

		MUST(len > 0 || out.data[i] == '\n');
		lines += out.data[i] == '\n';
		i += len ? len : 1;
	}
	MUST(lines == table_rows(table) + 1);
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n);
	struct table *table = to_grid(text, n);

	check_csv(table);
	check_json(table);
	check_table(table);
	table_free(&table);
	free(text);
	return 0;
}
