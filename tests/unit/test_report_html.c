/* SPDX-License-Identifier: MIT */
/* What a page's cells show of texts that are out of the ordinary. */
#include "unit.h"

#include <string.h>

#include "report_html.h"

#define LIMIT (1u << 20)
#define ELLIPSIS "\xe2\x80\xa6"

static void show(const char *text, struct buf *out)
{
	struct panel panel = { .name = "volume_totals", .kind = PANEL_TABLE };
	struct table *table = table_new(1);
	struct report_html sheet = { .out = out, .lang = LANG_EN };

	table_name(table, 0, "contact", false);
	table_add(table);
	table_set_text(table, 0, 0, text);
	report_html_panel(&sheet, &panel, table);
	table_free(&table);
}

static void test_a_long_name_is_cut_and_not_lost(void **fixture)
{
	struct buf out = BUF_MAX(LIMIT);
	char name[6001];

	(void)fixture;
	for (int i = 0; i < 6000; i += 3)
		memcpy(name + i, "\xe2\x82\xac", 3);
	name[6000] = '\0';
	show(name, &out);
	name[2046] = '\0';
	strcat(name, ELLIPSIS "</bdi>");
	assert_non_null(strstr(buf_text(&out), name));
	buf_free(&out);
}

static void test_a_name_that_fits_is_shown_whole(void **fixture)
{
	struct buf out = BUF_MAX(LIMIT);
	char name[2049];

	(void)fixture;
	memset(name, 'x', 2048);
	name[2048] = '\0';
	show(name, &out);
	assert_non_null(strstr(buf_text(&out), name));
	assert_null(strstr(buf_text(&out), ELLIPSIS));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_long_name_is_cut_and_not_lost),
		cmocka_unit_test(test_a_name_that_fits_is_shown_whole),
	};

	return cmocka_run_group_tests_name("sheet", tests, NULL, NULL);
}
