/* SPDX-License-Identifier: MIT */
/* The quota is kept by arithmetic, and who is told to wait waits. */
#include "unit.h"

#include "rate_limit.h"

#define SECOND USEC_PER_SEC
#define MINUTE (60 * SECOND)

/* ---- how many ------------------------------------------------------------ */

static void the_reserve_is_left_to_others_and_one_is_ours(void **fixture)
{
	static const struct {
		int per_minute, reserve, usable, want;
	} cases[] = {
		{ 60, 20, 48, 1 },    { 60, 0, 60, 1 },
		{ 61, 0, 61, 2 },     { 300, 20, 240, 4 },
		{ 1000, 20, 800, 4 }, { 1000, 90, 100, 2 },
		{ 1, 0, 1, 1 },	      { 1, 90, 1, 1 },
		{ 2, 90, 1, 1 },      { 1000000, 0, 1000000, 4 },
		{ 0, 0, 1, 1 },
	};
	struct rate_limit rate_limit;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		rate_limit_begin(&rate_limit, cases[i].per_minute, cases[i].reserve);
		assert_int_equal(rate_limit.usable, cases[i].usable);
		assert_int_equal(rate_limit_want(&rate_limit), cases[i].want);
		assert_int_equal(rate_limit.tokens, 0);
	}
}

static void nothing_goes_before_tokens_were_leased(void **fixture)
{
	struct rate_limit rate_limit;
	int64_t when;

	(void)fixture;
	rate_limit_begin(&rate_limit, 60, 0);
	assert_int_equal(rate_limit_ask(&rate_limit, SECOND, &when), RATE_LIMIT_LEASE_FIRST);
	assert_int_equal(rate_limit_ask(&rate_limit, SECOND, &when), RATE_LIMIT_LEASE_FIRST);
}

static void each_token_lets_one_request_go(void **fixture)
{
	struct rate_limit rate_limit;
	int64_t when;

	(void)fixture;
	rate_limit_begin(&rate_limit, 300, 0);
	rate_limit_granted(&rate_limit, 10 * SECOND, 3, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rate_limit_ask(&rate_limit, 10 * SECOND, &when), RATE_LIMIT_GO);
	assert_int_equal(rate_limit_ask(&rate_limit, 10 * SECOND, &when), RATE_LIMIT_LEASE_FIRST);
}

static void what_is_left_of_a_lease_is_lost_after_its_life(void **fixture)
{
	struct rate_limit rate_limit;
	int64_t when;

	(void)fixture;
	rate_limit_begin(&rate_limit, 300, 0);
	rate_limit_granted(&rate_limit, 10 * SECOND, 3, 0);
	assert_int_equal(rate_limit_ask(&rate_limit, 10 * SECOND + RATE_LIMIT_LEASE - 1, &when),
			 RATE_LIMIT_GO);
	assert_int_equal(rate_limit_ask(&rate_limit, 10 * SECOND + RATE_LIMIT_LEASE, &when),
			 RATE_LIMIT_LEASE_FIRST);
}

static void no_tokens_granted_means_to_wait_and_ask_again(void **fixture)
{
	struct rate_limit rate_limit;
	int64_t when = 0;

	(void)fixture;
	rate_limit_begin(&rate_limit, 60, 0);
	rate_limit_granted(&rate_limit, 10 * SECOND, 0, 7 * SECOND);
	assert_int_equal(rate_limit_ask(&rate_limit, 10 * SECOND, &when), RATE_LIMIT_WAIT);
	assert_int_equal(when, 17 * SECOND);
	assert_int_equal(rate_limit_ask(&rate_limit, 17 * SECOND - 1, &when), RATE_LIMIT_WAIT);
	assert_int_equal(rate_limit_ask(&rate_limit, 17 * SECOND, &when), RATE_LIMIT_LEASE_FIRST);
}

static void silence_that_was_asked_for_is_kept_and_leases_are_given_up(void **fixture)
{
	struct rate_limit rate_limit;
	int64_t when = 0;

	(void)fixture;
	rate_limit_begin(&rate_limit, 300, 0);
	rate_limit_granted(&rate_limit, 10 * SECOND, 5, 0);
	rate_limit_pause(&rate_limit, 10 * SECOND, 3 * SECOND);
	assert_int_equal(rate_limit_ask(&rate_limit, 11 * SECOND, &when), RATE_LIMIT_WAIT);
	assert_int_equal(when, 13 * SECOND);
	assert_int_equal(rate_limit_ask(&rate_limit, 13 * SECOND, &when), RATE_LIMIT_LEASE_FIRST);
}

static void of_two_silences_the_longer_counts(void **fixture)
{
	struct rate_limit rate_limit;
	int64_t when = 0;

	(void)fixture;
	rate_limit_begin(&rate_limit, 300, 0);
	rate_limit_pause(&rate_limit, 10 * SECOND, 30 * SECOND);
	rate_limit_pause(&rate_limit, 11 * SECOND, 1 * SECOND);
	rate_limit_granted(&rate_limit, 12 * SECOND, 0, 1 * SECOND);
	assert_int_equal(rate_limit_ask(&rate_limit, 12 * SECOND, &when), RATE_LIMIT_WAIT);
	assert_int_equal(when, 40 * SECOND);
	rate_limit_granted(&rate_limit, 12 * SECOND, 5, 0);
	assert_int_equal(rate_limit_ask(&rate_limit, 12 * SECOND, &when), RATE_LIMIT_WAIT);
}

/* A bucket that is refilled as often as it may never lets more than the quota through in a minute. */
static void in_a_minute_no_more_goes_than_was_granted(void **fixture)
{
	struct rate_limit rate_limit;
	int64_t when;
	int granted = 0, sent = 0;

	(void)fixture;
	rate_limit_begin(&rate_limit, 300, 20);
	for (int64_t now = 0; now < MINUTE; now += SECOND / 10) {
		while (true) {
			enum rate_limit_decision say = rate_limit_ask(&rate_limit, now, &when);

			if (say == RATE_LIMIT_GO) {
				sent++;
				continue;
			}
			if (say == RATE_LIMIT_WAIT || granted == 240)
				break;
			rate_limit_granted(&rate_limit, now, rate_limit_want(&rate_limit), 0);
			granted += rate_limit_want(&rate_limit);
		}
	}
	assert_int_equal(granted, 240);
	assert_int_equal(sent, 240);
}

/* ---- again ---------------------------------------------------------------- */

/* How often a failure of that kind is tried again in all. */
static int tries_of(const struct err *err)
{
	int64_t wait;
	int tries = 0;

	while (tries < 100 && rate_limit_retry(err, tries + 1, 0, &wait))
		tries++;
	return tries;
}

static void only_what_may_heal_is_tried_again_and_not_for_ever(void **fixture)
{
	(void)fixture;
	for (enum err_kind kind = ERR_NONE; kind <= ERR_BUG; kind++) {
		struct err err = { .kind = kind };
		bool heals = kind == ERR_UNAVAILABLE || kind == ERR_SLOW_DOWN || kind == ERR_DATA;

		assert_int_equal(tries_of(&err) > 0, heals);
		assert_true(tries_of(&err) < 100);
	}
}

static void what_the_api_refused_as_wrong_stays_wrong(void **fixture)
{
	struct err refused = { .kind = ERR_DATA, .http_status = 422 };
	struct err broken = { .kind = ERR_DATA };

	(void)fixture;
	assert_int_equal(tries_of(&refused), 0);
	assert_int_equal(tries_of(&broken), 2);
}

static void waits_double_up_to_a_minute(void **fixture)
{
	struct err err = { .kind = ERR_SLOW_DOWN, .wait = 1 };
	int64_t wait, want = SECOND / 2;

	(void)fixture;
	for (int tries = 1; tries < 20; tries++) {
		assert_true(rate_limit_retry(&err, tries, 1, &wait));
		assert_int_equal(wait, want + 1);
		want = min_i64(2 * want, MINUTE);
	}
}

static void chance_spreads_the_wait_from_nothing_to_all_of_it(void **fixture)
{
	struct err err = { .kind = ERR_UNAVAILABLE };
	int64_t none, half, all;

	(void)fixture;
	assert_true(rate_limit_retry(&err, 3, 0, &none));
	assert_true(rate_limit_retry(&err, 3, 0.5, &half));
	assert_true(rate_limit_retry(&err, 3, 1, &all));
	assert_int_equal(none, 0);
	assert_int_equal(all, 2 * SECOND);
	assert_int_equal(half, all / 2);
}

static void what_the_far_side_asked_for_is_waited_at_least(void **fixture)
{
	struct err told = { .kind = ERR_SLOW_DOWN, .wait = 30 * SECOND };
	struct err untold = { .kind = ERR_SLOW_DOWN };
	struct err away = { .kind = ERR_UNAVAILABLE, .wait = 20 * SECOND };
	int64_t wait;

	(void)fixture;
	assert_true(rate_limit_retry(&told, 1, 0, &wait));
	assert_int_equal(wait, 30 * SECOND);
	assert_true(rate_limit_retry(&told, 1, 1, &wait));
	assert_true(wait > 30 * SECOND);
	assert_true(rate_limit_retry(&untold, 1, 0, &wait));
	assert_true(wait >= SECOND);
	assert_true(rate_limit_retry(&away, 1, 0, &wait));
	assert_int_equal(wait, 20 * SECOND);
}

static void nobody_stands_and_waits_for_more_than_five_minutes(void **fixture)
{
	struct err err = { .kind = ERR_SLOW_DOWN, .wait = 5 * MINUTE };
	int64_t wait;

	(void)fixture;
	assert_true(rate_limit_retry(&err, 1, 0, &wait));
	assert_false(rate_limit_retry(&err, 1, 1, &wait));
	err.wait = 5 * MINUTE + 1;
	assert_false(rate_limit_retry(&err, 1, 0, &wait));
	err.wait = 24 * 60 * MINUTE;
	assert_false(rate_limit_retry(&err, 1, 0, &wait));
}

static void where_it_is_not_tried_again_no_wait_is_given(void **fixture)
{
	struct err err = { .kind = ERR_SLOW_DOWN, .wait = 60 * MINUTE };
	struct err denied = { .kind = ERR_DENIED };
	int64_t wait = 42;

	(void)fixture;
	assert_false(rate_limit_retry(&denied, 1, 1, &wait));
	assert_int_equal(wait, 42);
	assert_false(rate_limit_retry(&err, 1, 1, &wait));
	assert_int_equal(wait, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reserve_is_left_to_others_and_one_is_ours),
		cmocka_unit_test(nothing_goes_before_tokens_were_leased),
		cmocka_unit_test(each_token_lets_one_request_go),
		cmocka_unit_test(what_is_left_of_a_lease_is_lost_after_its_life),
		cmocka_unit_test(no_tokens_granted_means_to_wait_and_ask_again),
		cmocka_unit_test(silence_that_was_asked_for_is_kept_and_leases_are_given_up),
		cmocka_unit_test(of_two_silences_the_longer_counts),
		cmocka_unit_test(in_a_minute_no_more_goes_than_was_granted),
		cmocka_unit_test(only_what_may_heal_is_tried_again_and_not_for_ever),
		cmocka_unit_test(what_the_api_refused_as_wrong_stays_wrong),
		cmocka_unit_test(waits_double_up_to_a_minute),
		cmocka_unit_test(chance_spreads_the_wait_from_nothing_to_all_of_it),
		cmocka_unit_test(what_the_far_side_asked_for_is_waited_at_least),
		cmocka_unit_test(nobody_stands_and_waits_for_more_than_five_minutes),
		cmocka_unit_test(where_it_is_not_tried_again_no_wait_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
