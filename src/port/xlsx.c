/* SPDX-License-Identifier: MIT */
#include "xlsx.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xlsxwriter.h>

#include "buf.h"
#include "library.h"
#include "mem.h"
#include "utf8.h"

/* Debian 13 has the first, Debian 12 the second; what is called is the same in both. */
static const char *const libraries[] = { "libxlsxwriter.so.8", "libxlsxwriter.so.4", NULL };

/* The functions that are called, found by their names. */
struct xlsxwriter {
	__typeof__(workbook_new_opt) *new_workbook;
	__typeof__(workbook_close) *close;
	__typeof__(workbook_add_worksheet) *add_worksheet;
	__typeof__(workbook_get_worksheet_by_name) *by_name;
	__typeof__(workbook_add_format) *add_format;
	__typeof__(format_set_bold) *set_bold;
	__typeof__(format_set_num_format) *set_num_format;
	__typeof__(worksheet_write_string) *write_string;
	__typeof__(worksheet_write_number) *write_number;
	__typeof__(worksheet_set_column) *set_column;
	__typeof__(worksheet_freeze_panes) *freeze_panes;
	__typeof__(lxw_strerror) *strerror;
};

static const struct library_function functions[] = {
	{ "workbook_new_opt", offsetof(struct xlsxwriter, new_workbook) },
	{ "workbook_close", offsetof(struct xlsxwriter, close) },
	{ "workbook_add_worksheet", offsetof(struct xlsxwriter, add_worksheet) },
	{ "workbook_get_worksheet_by_name", offsetof(struct xlsxwriter, by_name) },
	{ "workbook_add_format", offsetof(struct xlsxwriter, add_format) },
	{ "format_set_bold", offsetof(struct xlsxwriter, set_bold) },
	{ "format_set_num_format", offsetof(struct xlsxwriter, set_num_format) },
	{ "worksheet_write_string", offsetof(struct xlsxwriter, write_string) },
	{ "worksheet_write_number", offsetof(struct xlsxwriter, write_number) },
	{ "worksheet_set_column", offsetof(struct xlsxwriter, set_column) },
	{ "worksheet_freeze_panes", offsetof(struct xlsxwriter, freeze_panes) },
	{ "lxw_strerror", offsetof(struct xlsxwriter, strerror) },
};

/* The library reads as many options as it knows: later ones know more, and zero is off. */
union options {
	lxw_workbook_options known;
	char room[256];
};

struct xlsx {
	void *library;
	struct xlsxwriter lib;
	lxw_workbook *workbook;
	lxw_worksheet *sheet;
	lxw_format *formats[XLSX_FORMS]; /* NULL: as it is */
	lxw_row_t row;
	lxw_error failure; /* the first one */
	struct buf text;
};

static void add_formats(struct xlsx *xlsx)
{
	static const char *const looks[XLSX_FORMS] = {
		[XLSX_NUMBER] = "#,##0",
		[XLSX_DAY] = "yyyy-mm-dd",
		[XLSX_TIME] = "yyyy-mm-dd hh:mm",
		[XLSX_DURATION] = "[h]:mm:ss",
		[XLSX_RATE] = "0.0%",
	};

	for (int i = 0; i < XLSX_FORMS; i++) {
		if (!looks[i] && i != XLSX_HEAD)
			continue;
		xlsx->formats[i] = xlsx->lib.add_format(xlsx->workbook);
		if (!xlsx->formats[i])
			mem_out("libxlsxwriter");
		if (looks[i])
			xlsx->lib.set_num_format(xlsx->formats[i], looks[i]);
		else
			xlsx->lib.set_bold(xlsx->formats[i]);
	}
}

struct xlsx *xlsx_open(const char *path, struct err *err)
{
	struct xlsx *xlsx = mem_new(sizeof(*xlsx));
	union options options = { .room = { 0 } };

	xlsx->text = (struct buf)BUF_MAX(XLSX_TEXT * 8);
	xlsx->library = library_open(libraries, functions, ARRAY_SIZE(functions), &xlsx->lib);
	if (!xlsx->library) {
		err_set(err, ERR_CONFIG,
			"a workbook needs libxlsxwriter, which is not installed: apt install "
			"libxlsxwriter8 (of Debian 12: libxlsxwriter4)");
		xlsx_free(&xlsx);
		return NULL;
	}
	options.known.constant_memory = LXW_TRUE;
	options.known.tmpdir = getenv("TMPDIR");
	xlsx->workbook = xlsx->lib.new_workbook(path, &options.known);
	if (!xlsx->workbook)
		mem_out("libxlsxwriter");
	add_formats(xlsx);
	return xlsx;
}

/* ---- texts ----------------------------------------------------------- */

/* "_x0041_", which a spreadsheet would read as "A". */
static bool is_escape(const char *p)
{
	return p[0] == '_' && p[1] == 'x' && isxdigit((unsigned char)p[2]) &&
	       isxdigit((unsigned char)p[3]) && isxdigit((unsigned char)p[4]) &&
	       isxdigit((unsigned char)p[5]) && p[6] == '_';
}

/* Adds the N bytes of a character; what XML cannot have is left out, or replaced. */
static void add_character(struct buf *to, const char *p, size_t n)
{
	unsigned char first = (unsigned char)*p;

	if (n == 0 ||
	    (n == 3 && memcmp(p, "\xef\xbf\xbe", 3) >= 0 && memcmp(p, "\xef\xbf\xbf", 3) <= 0))
		buf_str(to, "\xef\xbf\xbd");
	else if (first >= 0x20 || first == '\t' || first == '\n')
		buf_add(to, p, n);
}

/* How many units of UTF-16 the character at P takes in a cell; *N is its length here. */
static size_t units_of(const char *p, size_t left, size_t *n)
{
	*n = utf8_char(p, left);
	return is_escape(p) ? 7 : *n == 4 ? 2 : 1;
}

static size_t length_of(const char *text)
{
	size_t units = 0, n;

	for (const char *end = text + strlen(text); text < end; text += n ? n : 1)
		units += units_of(text, (size_t)(end - text), &n);
	return units;
}

/* TEXT as a cell can have it: cut, with a mark that it is, where it is too long. */
static const char *fitting(struct xlsx *xlsx, const char *text)
{
	size_t units = 0, n;
	bool cut = length_of(text) > XLSX_TEXT;

	buf_reset(&xlsx->text);
	for (const char *end = text + strlen(text); text < end; text += n ? n : 1) {
		units += units_of(text, (size_t)(end - text), &n);
		if (cut && units > XLSX_TEXT - 1) {
			buf_str(&xlsx->text, "\xe2\x80\xa6");
			break;
		}
		if (is_escape(text))
			buf_str(&xlsx->text, "_x005F");
		add_character(&xlsx->text, text, n);
	}
	return buf_text(&xlsx->text);
}

/* ---- sheets ---------------------------------------------------------- */

/* NAME without what the name of a sheet may not have. */
static void plain_name(struct xlsx *xlsx, char to[XLSX_NAME * 4 + 1], const char *name, int number)
{
	char suffix[16] = "";
	const char *p;
	size_t units = 0, n = 0, length;

	if (number > 1)
		snprintf(suffix, sizeof(suffix), " %d", number);
	for (p = fitting(xlsx, name); *p; p += length) {
		length = utf8_char(p, strlen(p));
		if (length == 0)
			break;
		units += length == 4 ? 2 : 1;
		if (units + strlen(suffix) > XLSX_NAME)
			break;
		/* An apostrophe may stand inside, but neither first nor last. */
		if (!strchr("[]:*?/\\'\t\n", *p)) {
			memcpy(to + n, p, length);
			n += length;
		}
	}
	if (n == 0)
		to[n++] = '-';
	snprintf(to + n, XLSX_NAME * 4 + 1 - n, "%s", suffix);
}

void xlsx_sheet(struct xlsx *xlsx, const char *name)
{
	char plain[XLSX_NAME * 4 + 1];
	int number = 1;

	do {
		plain_name(xlsx, plain, name, number);
		number++;
	} while (xlsx->lib.by_name(xlsx->workbook, plain) && number < XLSX_ROWS);
	xlsx->sheet = xlsx->lib.add_worksheet(xlsx->workbook, plain);
	if (!xlsx->sheet)
		mem_out("libxlsxwriter");
	xlsx->row = 0;
	xlsx->lib.freeze_panes(xlsx->sheet, 1, 0);
}

static void note(struct xlsx *xlsx, lxw_error failure)
{
	if (xlsx->failure == LXW_NO_ERROR)
		xlsx->failure = failure;
}

void xlsx_width(struct xlsx *xlsx, int first, int last, int width)
{
	note(xlsx,
	     xlsx->lib.set_column(xlsx->sheet, (lxw_col_t)first, (lxw_col_t)last, width, NULL));
}

void xlsx_text(struct xlsx *xlsx, int column, const char *text, enum xlsx_form form)
{
	note(xlsx, xlsx->lib.write_string(xlsx->sheet, xlsx->row, (lxw_col_t)column,
					  fitting(xlsx, text), xlsx->formats[form]));
}

void xlsx_number(struct xlsx *xlsx, int column, double number, enum xlsx_form form)
{
	note(xlsx, xlsx->lib.write_number(xlsx->sheet, xlsx->row, (lxw_col_t)column, number,
					  xlsx->formats[form]));
}

void xlsx_next(struct xlsx *xlsx)
{
	xlsx->row++;
}

int xlsx_row(const struct xlsx *xlsx)
{
	return (int)xlsx->row;
}

bool xlsx_close(struct xlsx **xlsx, struct err *err)
{
	struct xlsx *x = *xlsx;
	bool ok;

	note(x, x->lib.close(x->workbook));
	x->workbook = NULL;
	ok = x->failure == LXW_NO_ERROR ||
	     err_set(err, ERR_SYSTEM, "the workbook: %s", x->lib.strerror(x->failure));
	xlsx_free(xlsx);
	return ok;
}

void xlsx_free(struct xlsx **xlsx)
{
	if (!*xlsx)
		return;
	/* Only so does the library give back what it has. */
	if ((*xlsx)->workbook)
		(void)(*xlsx)->lib.close((*xlsx)->workbook);
	library_close(&(*xlsx)->library);
	buf_free(&(*xlsx)->text);
	mem_free(xlsx);
}
