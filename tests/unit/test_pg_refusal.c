/* SPDX-License-Identifier: MIT */
/* Why a server did not take a connection: kind, code, sentence, and the one thing that mends it. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "pg_refusal.h"

static const struct pg_refusal_who who = { "etl", "sahut" };

static void check_message(const struct unit_row *row)
{
	struct err err = ERR_INIT;
	const char *advice = row->n > 4 ? row->field[4] : "";

	pg_refusal_read(&err, row->field[0], &who);
	if (strcmp(err_kind_name(err.kind), row->field[1]) != 0)
		unit_differs(row, err_kind_name(err.kind));
	if (strcmp(err.code, row->field[2]) != 0)
		unit_differs(row, err.code);
	if (strcmp(err.text, row->field[3]) != 0)
		unit_differs(row, err.text);
	if (strncmp(err.advice, advice, strlen(advice)) != 0 || (!*advice && err.advice[0]))
		unit_differs(row, err.advice);
}

static void messages_are_told_apart(void **state)
{
	(void)state;
	unit_table("pg_refusal/messages.txt", check_message);
}

static void names_that_are_too_long_are_cut(void **state)
{
	char name[2000];
	struct pg_refusal_who strange = { name, name };
	struct err err = ERR_INIT;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	pg_refusal_read(&err, "FATAL:  53300: too many", &strange);
	assert_true(strlen(err.advice) < sizeof(err.advice));
	strange = (struct pg_refusal_who){ "a\x1b[31m", NULL };
	pg_refusal_read(&err, "FATAL:  28P01: no", &strange);
	assert_null(strchr(err.advice, '\x1b'));
	strange = (struct pg_refusal_who){ NULL, NULL };
	pg_refusal_read(&err, "FATAL:  28P01: no", &strange);
	assert_non_null(strstr(err.advice, "ROLE"));
}

/* What is printed can be pasted, whatever the role and the database are called. */
static void names_are_quoted_for_sql_and_for_a_shell(void **state)
{
	static const struct {
		const char *name, *sql, *shell;
	} rows[] = {
		{ "etl", "alter role etl connection", "-T template0 etl" },
		{ "sahut-etl", "alter role \"sahut-etl\" connection", "-T template0 sahut-etl" },
		{ "Sahut", "alter role \"Sahut\" connection", "-T template0 Sahut" },
		{ "1st", "alter role \"1st\" connection", "-T template0 '1st'" },
		{ "user", "alter role \"user\" connection", "-T template0 user" },
		{ "my own", "alter role \"my own\" connection", "-T template0 'my own'" },
		{ "it's", "alter role \"it's\" connection", "-T template0 'it'\\''s'" },
		{ "a\"b", "alter role \"a\"\"b\" connection", "-T template0 'a\"b'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct pg_refusal_who strange = { rows[i].name, rows[i].name };
		struct err err = ERR_INIT;

		pg_refusal_read(&err, "FATAL:  53300: too many", &strange);
		assert_non_null(strstr(err.advice, rows[i].sql));
		pg_refusal_read(&err, "FATAL:  3D000: none", &strange);
		assert_non_null(strstr(err.advice, rows[i].shell));
	}
}

static void one_says_all_there_is(void **state)
{
	struct err all = ERR_INIT, one = ERR_INIT;

	(void)state;
	pg_refusal_silent(&one, 3 * USEC_PER_SEC);
	pg_refusal_add(&all, "a port 1", &one, 1);
	assert_string_equal(all.text, "database: a port 1: does not answer within 3 s");
	assert_int_equal(all.kind, ERR_UNAVAILABLE);
	assert_string_equal(all.code, "silent");
}

static void of_several_all_are_told_and_a_person_comes_first(void **state)
{
	struct err all = ERR_INIT, silent = ERR_INIT, denied = ERR_INIT;

	(void)state;
	pg_refusal_silent(&silent, 3 * USEC_PER_SEC);
	pg_refusal_read(&denied, "FATAL:  28P01: wrong", &who);
	pg_refusal_add(&all, "a", &silent, 1);
	pg_refusal_add(&all, "b", &denied, 2);
	pg_refusal_add(&all, "c", &silent, 3);
	assert_string_equal(all.text,
			    "database: no server can be used: a: does not answer within 3 s; "
			    "b: wrong; c: does not answer within 3 s");
	assert_int_equal(all.kind, ERR_DENIED);
	assert_string_equal(all.code, "28P01");
	for (int n = 4; n < 40; n++)
		pg_refusal_add(&all, "a very long name of a server", &silent, n);
	assert_true(strlen(all.text) < sizeof(all.text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_told_apart),
		cmocka_unit_test(names_that_are_too_long_are_cut),
		cmocka_unit_test(names_are_quoted_for_sql_and_for_a_shell),
		cmocka_unit_test(one_says_all_there_is),
		cmocka_unit_test(of_several_all_are_told_and_a_person_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
