/* SPDX-License-Identifier: MIT */
/* What follows from the kind of a failure, as sahut-etl(8) lists it. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "err_policy.h"

static void every_kind_has_the_exit_code_of_the_manual(void **fixture)
{
	static const int codes[] = {
		[ERR_NONE] = 0,	    [ERR_STOPPED] = 75,	    [ERR_USAGE] = 64,
		[ERR_CONFIG] = 78,  [ERR_DENIED] = 77,	    [ERR_DATA] = 65,
		[ERR_MISSING] = 65, [ERR_UNAVAILABLE] = 69, [ERR_SLOW_DOWN] = 75,
		[ERR_BUSY] = 75,    [ERR_CONFLICT] = 75,    [ERR_UNCERTAIN] = 69,
		[ERR_SYSTEM] = 71,  [ERR_BUG] = 70,
	};

	(void)fixture;
	for (enum err_kind kind = ERR_NONE; kind <= ERR_BUG; kind++)
		assert_int_equal(err_policy_exit(kind), codes[kind]);
}

/* How many attempts such a failure is given in all. */
static int tries_of(const struct err *err, enum err_attempt attempt)
{
	int tries = 1;

	while (tries < 100 && err_policy_again(err, attempt, tries))
		tries++;
	return tries;
}

static void only_a_failure_that_may_pass_is_tried_again(void **fixture)
{
	static const int tries[][ERR_ATTEMPT_N] = {
		[ERR_DATA] = { 3, 1, 1 },	 [ERR_UNAVAILABLE] = { 5, 1, 1 },
		[ERR_SLOW_DOWN] = { 20, 20, 1 }, [ERR_CONFLICT] = { 1, 1, 5 },
		[ERR_BUG] = { 1, 1, 1 },
	};

	(void)fixture;
	for (enum err_kind kind = ERR_NONE; kind <= ERR_BUG; kind++) {
		struct err err = { .kind = kind }, refused = { .kind = kind, .http_status = 422 };

		for (enum err_attempt attempt = 0; attempt < ERR_ATTEMPT_N; attempt++) {
			int n = tries[kind][attempt] > 0 ? tries[kind][attempt] : 1;

			assert_int_equal(tries_of(&err, attempt), n);
			assert_int_equal(tries_of(&refused, attempt), kind == ERR_DATA ? 1 : n);
		}
	}
}

static void a_failure_that_needs_a_person_does_not_pass(void **fixture)
{
	(void)fixture;
	assert_false(err_policy_passes(ERR_NONE));
	for (enum err_kind kind = ERR_STOPPED; kind <= ERR_BUG; kind++)
		assert_int_equal(err_policy_passes(kind), err_policy_level(kind) != LEVEL_ERROR);
}

static void a_failure_that_a_grant_mends_says_so(void **fixture)
{
	struct err err = ERR_INIT;

	(void)fixture;
	assert_string_equal(err_policy_advice(&err), "");
	snprintf(err.code, sizeof(err.code), "42501");
	assert_non_null(strstr(err_policy_advice(&err), "sahut-etl check"));
	snprintf(err.code, sizeof(err.code), "not_found");
	assert_string_equal(err_policy_advice(&err), "");
}

static void what_needs_a_person_is_an_error_and_what_heals_is_not(void **fixture)
{
	(void)fixture;
	for (enum err_kind kind = ERR_STOPPED; kind <= ERR_BUG; kind++) {
		int exit_code = err_policy_exit(kind);
		bool person = exit_code == EXIT_USAGE || exit_code == EXIT_CONFIG ||
			      exit_code == EXIT_DENIED || exit_code == EXIT_DATA ||
			      exit_code == EXIT_SYSTEM || exit_code == EXIT_BUG;

		assert_int_equal(err_policy_level(kind) == LEVEL_ERROR, person);
		assert_in_range(err_policy_level(kind), LEVEL_ERROR, LEVEL_NOTICE);
	}
	assert_int_equal(err_policy_level(ERR_STOPPED), LEVEL_NOTICE);
	assert_int_equal(err_policy_level(ERR_UNAVAILABLE), LEVEL_WARNING);
}

static const int codes[] = { EXIT_OK,  EXIT_DIFFERENT, EXIT_USAGE, EXIT_DATA,	EXIT_UNAVAILABLE,
			     EXIT_BUG, EXIT_SYSTEM,    EXIT_LATER, EXIT_DENIED, EXIT_CONFIG };

static void of_two_codes_one_wins_whichever_comes_first(void **fixture)
{
	(void)fixture;
	for (size_t a = 0; a < ARRAY_SIZE(codes); a++) {
		for (size_t b = 0; b < ARRAY_SIZE(codes); b++) {
			int worse = err_policy_worse(codes[a], codes[b]);

			assert_true(worse == codes[a] || worse == codes[b]);
			assert_int_equal(worse, err_policy_worse(codes[b], codes[a]));
		}
	}
}

static void nothing_is_better_than_success(void **fixture)
{
	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		assert_int_equal(err_policy_worse(codes[i], EXIT_OK), codes[i]);
}

static void a_person_is_told_rather_than_time(void **fixture)
{
	(void)fixture;
	assert_int_equal(err_policy_worse(EXIT_LATER, EXIT_CONFIG), EXIT_CONFIG);
	assert_int_equal(err_policy_worse(EXIT_UNAVAILABLE, EXIT_DENIED), EXIT_DENIED);
	assert_int_equal(err_policy_worse(EXIT_DIFFERENT, EXIT_LATER), EXIT_DIFFERENT);
	assert_int_equal(err_policy_worse(EXIT_BUG, EXIT_CONFIG), EXIT_BUG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_the_exit_code_of_the_manual),
		cmocka_unit_test(only_a_failure_that_may_pass_is_tried_again),
		cmocka_unit_test(a_failure_that_needs_a_person_does_not_pass),
		cmocka_unit_test(a_failure_that_a_grant_mends_says_so),
		cmocka_unit_test(what_needs_a_person_is_an_error_and_what_heals_is_not),
		cmocka_unit_test(of_two_codes_one_wins_whichever_comes_first),
		cmocka_unit_test(nothing_is_better_than_success),
		cmocka_unit_test(a_person_is_told_rather_than_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
