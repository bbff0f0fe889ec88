/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int differences;

const char *unit_path(const char *name)
{
	static char path[1024];
	const char *top = getenv("SAHUT_DATA");

	snprintf(path, sizeof(path), "%s/%s", top && *top ? top : "tests/data", name);
	return path;
}

char *unit_exact(const void *p, size_t n)
{
	char *copy = malloc(n);

	assert_true(copy || n == 0);
	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

char *unit_read(const char *path, size_t *n)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0, got;

	if (!file)
		fail_msg("%s cannot be read", path);
	*n = 0;
	do {
		room += 65536;
		text = realloc(text, room);
		assert_non_null(text);
		got = fread(text + *n, 1, room - *n - 1, file);
		*n += got;
	} while (got > 0);
	fclose(file);
	text[*n] = '\0';
	return text;
}

/* ---- a directory of cases -------------------------------------------- */

static bool ends_in(const char *name, const char *ext)
{
	size_t n = strlen(name), e = strlen(ext);

	return n > e && strcmp(name + n - e, ext) == 0;
}

void unit_each(const char *name, const char *ext,
	       void (*fn)(const char *path, const char *text, size_t n))
{
	struct dirent **found;
	char top[1024], path[2048];
	int seen = 0, n;

	snprintf(top, sizeof(top), "%s", unit_path(name));
	n = scandir(top, &found, NULL, alphasort);
	if (n < 0)
		fail_msg("%s is no directory", top);
	differences = 0;
	for (int i = 0; i < n; i++) {
		if (ends_in(found[i]->d_name, ext)) {
			size_t len;
			char *text;

			snprintf(path, sizeof(path), "%s/%s", top, found[i]->d_name);
			text = unit_read(path, &len);
			fn(path, text, len);
			free(text);
			seen++;
		}
		free(found[i]);
	}
	free(found);
	assert_int_not_equal(seen, 0);
	assert_int_equal(differences, 0);
}

static void accept_want(const char *path, const char *got)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(got, file) < 0 || fclose(file) != 0)
		fail_msg("%s cannot be written", path);
}

void unit_want(const char *path, const char *got)
{
	char want_path[2048];
	const char *dot = strrchr(path, '.');
	char *want;
	size_t n;

	snprintf(want_path, sizeof(want_path), "%.*s.want", (int)(dot - path), path);
	if (getenv("SAHUT_ACCEPT")) {
		accept_want(want_path, got);
		return;
	}
	want = unit_read(want_path, &n);
	if (strcmp(want, got) != 0) {
		print_error("%s\n---- wanted\n%s---- got\n%s----\n", path, want, got);
		differences++;
	}
	free(want);
}

/* ---- a table of cases ------------------------------------------------- */

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Undoes the escapes of one field in place. Returns its length. */
static size_t unescape(char *field)
{
	char *to = field;

	for (const char *p = field; *p; p++) {
		if (*p != '\\') {
			*to++ = *p;
		} else if (p[1] == 'x' && hex(p[2]) >= 0 && hex(p[3]) >= 0) {
			*to++ = (char)(hex(p[2]) * 16 + hex(p[3]));
			p += 3;
		} else {
			p++;
			*to++ = (char)(*p == 't' ? '\t' : *p == 'n' ? '\n' : *p);
		}
	}
	*to = '\0';
	return (size_t)(to - field);
}

static void quarantine(char *line, struct unit_row *row)
{
	row->n = 0;
	for (char *p = line; p && row->n < 8; row->n++) {
		char *tab = strchr(p, '\t');

		if (tab)
			*tab++ = '\0';
		row->field[row->n] = p;
		row->len[row->n] = unescape(p);
		p = tab;
	}
}

void unit_differs(const struct unit_row *row, const char *got)
{
	print_error("%s: \"%s\": got \"%s\"\n", row->where, row->field[0], got);
	differences++;
}

void unit_table(const char *name, void (*fn)(const struct unit_row *row))
{
	struct unit_row row;
	size_t n;
	char *text = unit_read(unit_path(name), &n), *next;
	int number = 0, seen = 0;

	differences = 0;
	for (char *line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (*line == '\0' || *line == '#')
			continue;
		quarantine(line, &row);
		snprintf(row.where, sizeof(row.where), "%s:%d", name, number);
		fn(&row);
		seen++;
	}
	free(text);
	assert_int_not_equal(seen, 0);
	assert_int_equal(differences, 0);
}
