/* SPDX-License-Identifier: MIT */
/* A table for a terminal: it fits, names are cut before numbers are, and nothing disturbs it. */
#include "unit.h"

#include <string.h>

#include "report_table.h"
#include "width.h"

#define LONG "A name that is longer than anybody wants to read in a table"

static struct table *of_agents(const char *name, int rows)
{
	static const char *const columns[] = { "conversation", "agent", "open", "oldest_hours",
					       "labels" };
	static const char *const cells[] = { "conv_0123456789ab", NULL, "12345", "26.5", LONG };
	struct table *table = table_new(ARRAY_SIZE(columns));

	for (int c = 0; c < (int)ARRAY_SIZE(columns); c++)
		table_name(table, c, columns[c], c == 2 || c == 3);
	for (int r = 0; r < rows; r++) {
		table_add(table);
		for (int c = 0; c < (int)ARRAY_SIZE(columns); c++) {
			const char *text = c == 1 ? name : cells[c];

			table_set_text(table, r, c, text);
		}
	}
	return table;
}

static void write(struct buf *out, int width, const char *name, int rows)
{
	const struct panel panel = { .name = "backlog_waiting" };
	struct report_table to = { .out = out, .lang = LANG_EN, .width = width };
	struct table *table = of_agents(name, rows);

	report_table_panel(&to, &panel, table);
	table_free(&table);
}

static void check_fits(int width, const char *name, int rows)
{
	struct buf out = BUF_MAX(1 << 20);
	const char *p, *end;

	write(&out, width, name, rows);
	for (p = buf_text(&out); *p; p = end + 1) {
		end = strchr(p, '\n');
		assert_non_null(end);
		assert_true(width_of(p, (size_t)(end - p)) <= (size_t)width);
	}
	assert_non_null(strstr(buf_text(&out), "conv_0123456789ab"));
	buf_free(&out);
}

static void test_every_line_fits(void **fixture)
{
	(void)fixture;
	for (int width = 40; width <= 200; width += 7) {
		check_fits(width, "Ayu", 5);
		check_fits(width, LONG, 5);
		check_fits(width,
			   "\xe4\xb8\xad\xe6\x96\x87\xe5\x90\x8d\xe5\xad\x97\xe4\xb8\xad\xe6\x96"
			   "\x87\xe5\x90\x8d\xe5\xad\x97",
			   5);
	}
}

static void test_what_has_room_is_whole(void **fixture)
{
	struct buf out = BUF_MAX(1 << 20);

	(void)fixture;
	write(&out, 200, "Ayu Lestari", 3);
	assert_non_null(strstr(buf_text(&out), "Ayu Lestari  12,345   1d 2h  A name"));
	assert_null(strstr(buf_text(&out), "\xe2\x80\xa6"));
	buf_free(&out);
}

static void test_controls_are_made_visible(void **fixture)
{
	struct buf out = BUF_MAX(1 << 20);

	(void)fixture;
	write(&out, 120, "a\x1b[2Jb", 3);
	assert_null(strchr(buf_text(&out), '\x1b'));
	buf_free(&out);
}

static void test_few_rows_that_do_not_fit_are_written_upright(void **fixture)
{
	struct buf out = BUF_MAX(1 << 20);

	(void)fixture;
	write(&out, 40, "Ayu", 1);
	assert_non_null(strstr(buf_text(&out), "\nopen          12,345\n"));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_line_fits),
		cmocka_unit_test(test_what_has_room_is_whole),
		cmocka_unit_test(test_controls_are_made_visible),
		cmocka_unit_test(test_few_rows_that_do_not_fit_are_written_upright),
	};

	return cmocka_run_group_tests_name("report_table", tests, NULL, NULL);
}
