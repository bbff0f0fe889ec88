/* SPDX-License-Identifier: MIT */
/*
 * unit.h -- what the unit tests share: cmocka, and cases kept in files.
 *
 * The files are found below $SAHUT_DATA ("tests/data" where that is not
 * set). A new quirk is a new file, or a new line in one, not new C. With
 * SAHUT_ACCEPT=1 a program writes the .want files instead of comparing;
 * what it wrote is then read by a person, in the diff.
 *
 * It uses nothing of what is tested.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The path of a file or directory of cases. Lives until the next call. */
const char *unit_path(const char *name) __attribute__((warn_unused_result));

/* The whole file with a NUL behind it, for the caller to free(); *N is its length. */
char *unit_read(const char *path, size_t *n) __attribute__((warn_unused_result));

/* A copy of N bytes with nothing behind them, so that a reader that goes too far is noticed. */
char *unit_exact(const void *p, size_t n) __attribute__((warn_unused_result));

/*
 * Calls FN for each file in the directory NAME whose name ends in EXT, in the
 * order of their names. Fails afterwards if one of them differed from what
 * was wanted, or if there was none.
 */
void unit_each(const char *name, const char *ext,
	       void (*fn)(const char *path, const char *text, size_t n));

/*
 * Compares GOT with the file that is called as PATH is, but ends in ".want".
 * Shows both where they differ, and goes on.
 */
void unit_want(const char *path, const char *got);

/* One line of a table: its fields, and where it stands. */
struct unit_row {
	char *field[8];
	size_t len[8]; /* of each: a field may hold NULs */
	int n;
	char where[160];
};

/*
 * Calls FN for each line of the table NAME: fields between tabs, with \xNN,
 * \t, \n and \\ as in C. Empty lines and those beginning with "#" are left
 * out. A field that is given as ! stands for "it must fail".
 */
void unit_table(const char *name, void (*fn)(const struct unit_row *row));

/* Says that a row's test went wrong, and goes on; unit_table() fails at its end. */
void unit_differs(const struct unit_row *row, const char *got);

#endif
