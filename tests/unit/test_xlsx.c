/* SPDX-License-Identifier: MIT */
/* A workbook: sheets that follow a full one, names that a spreadsheet takes, and no library. */
#include "unit.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "report_sheet.h"
#include "spool.h"

#define CHUNK 65536

/* Linked with --wrap: no library is installed. */
static bool nothing_installed;

void *__real_dlopen(const char *name, int how);
void *__wrap_dlopen(const char *name, int how);

void *__wrap_dlopen(const char *name, int how)
{
	return nothing_installed ? NULL : __real_dlopen(name, how);
}

static struct xlsx *begin(struct spool *spool)
{
	struct err err = ERR_INIT;
	char name[SPOOL_NAME];
	struct xlsx *xlsx;

	assert_true(spool_name(spool, name, &err));
	xlsx = xlsx_open(name, &err);
	assert_non_null(xlsx);
	return xlsx;
}

/* Ends it, and counts its sheets: the names of a ZIP file's members are not compressed. */
static int sheets(struct xlsx **xlsx, struct spool *spool)
{
	struct err err = ERR_INIT;
	const char *text;
	char member[48];
	int count = 0;
	size_t n;

	assert_true(xlsx_close(xlsx, &err));
	assert_null(*xlsx);
	assert_true(spool_text(spool, &text, &n, &err));
	do
		snprintf(member, sizeof(member), "xl/worksheets/sheet%d.xml", ++count);
	while (memmem(text, n, member, strlen(member)));
	spool_free(spool);
	return count - 1;
}

static struct table *numbers(int rows)
{
	struct table *table = table_new(1);

	table_name(table, 0, "n", true);
	for (int i = 0; i < rows; i++)
		table_set_text(table, table_add(table), 0, "1");
	return table;
}

/* The head takes a row of each sheet. */
static void a_full_sheet_is_followed_by_another(void **fixture)
{
	struct buf none = BUF_MAX(0);

	(void)fixture;
	for (int more = 0; more <= 1; more++) {
		struct spool spool = SPOOL_AROUND(&none);
		struct xlsx *xlsx = begin(&spool);
		struct report_sheet to = { .xlsx = xlsx };
		CLEANUP(table_free) struct table *many = numbers(CHUNK);
		CLEANUP(table_free) struct table *last = numbers(CHUNK - 1 + more);

		report_sheet_begin(&to, "Data", NULL);
		for (int left = XLSX_ROWS / CHUNK - 1; left > 0; left--)
			report_sheet_rows(&to, many);
		report_sheet_rows(&to, last);
		assert_int_equal(xlsx_row(xlsx), more ? 2 : XLSX_ROWS);
		assert_int_equal(sheets(&xlsx, &spool), 1 + more);
	}
}

static void any_text_is_the_name_of_a_sheet(void **fixture)
{
	static const char *const names[] = {
		"Data",
		"data",
		"DATA",
		"",
		"[]:*?/\\",
		"'quoted'",
		"a\nb",
		"more than the one and thirty characters that fit",
		"more than the one and thirty characters that fit, and then others",
		"\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac"
		"\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac"
		"\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac\xf0\x9f\x92\xac"
		"\xf0\x9f\x92\xac\xf0\x9f\x92\xac",
	};
	struct buf none = BUF_MAX(0);
	struct spool spool = SPOOL_AROUND(&none);
	struct xlsx *xlsx = begin(&spool);

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		xlsx_sheet(xlsx, names[i]);
		xlsx_text(xlsx, 0, "x", XLSX_PLAIN);
	}
	assert_int_equal(sheets(&xlsx, &spool), ARRAY_SIZE(names));
}

static void a_text_that_is_too_long_is_no_failure(void **fixture)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(1 << 20);
	struct buf none = BUF_MAX(0);
	struct spool spool = SPOOL_AROUND(&none);
	struct xlsx *xlsx = begin(&spool);

	(void)fixture;
	xlsx_sheet(xlsx, "Data");
	for (int i = 0; i < 40000; i++)
		buf_str(&text, i % 2 ? "\xf0\x9f\x92\xac" : "_x0041_");
	xlsx_text(xlsx, 0, buf_text(&text), XLSX_PLAIN);
	xlsx_text(xlsx, 1, "broken \xc3", XLSX_PLAIN);
	assert_int_equal(sheets(&xlsx, &spool), 1);
}

static void without_the_library_it_is_said_which_one_is_missing(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	nothing_installed = true;
	assert_null(xlsx_open("/nowhere/at.all", &err));
	nothing_installed = false;
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "apt install libxlsxwriter8"));
}

static void a_file_that_cannot_be_written_is_a_failure(void **fixture)
{
	struct err err = ERR_INIT;
	struct xlsx *xlsx = xlsx_open("/nowhere/at.all", &err);

	(void)fixture;
	assert_non_null(xlsx);
	xlsx_sheet(xlsx, "Data");
	assert_false(xlsx_close(&xlsx, &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_null(xlsx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_sheet_is_followed_by_another),
		cmocka_unit_test(any_text_is_the_name_of_a_sheet),
		cmocka_unit_test(a_text_that_is_too_long_is_no_failure),
		cmocka_unit_test(without_the_library_it_is_said_which_one_is_missing),
		cmocka_unit_test(a_file_that_cannot_be_written_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
