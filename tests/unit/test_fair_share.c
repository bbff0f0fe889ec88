/* SPDX-License-Identifier: MIT */
/* Long work of one cycle is followed by that of others. */
#include "unit.h"

#include "fair_share.h"

#define SECOND USEC_PER_SEC

/* A share for which the warehouse has worked so long, until NOW. */
static struct fair_share after_work(int64_t took, int64_t now)
{
	struct fair_share share = { .given_at = now - took };

	fair_share_end(&share, now);
	return share;
}

static void long_work_is_followed_by_that_of_others(void **state)
{
	struct fair_share share = after_work(SECOND, 10 * SECOND);

	(void)state;
	assert_int_equal(share.used, SECOND);
	assert_int_equal(fair_share_after_turn(&share, 10 * SECOND, 0, 0), 13 * SECOND);
	assert_int_equal(share.gives_way_until, 13 * SECOND);
	share.took = 0;
	assert_int_equal(fair_share_after_turn(&share, 11 * SECOND, 0, 0), 13 * SECOND);
	assert_int_equal(fair_share_after_turn(&share, 13 * SECOND, 0, 0), TIME_NEVER);
}

static void nobody_waits_for_nobody(void **state)
{
	struct fair_share share = after_work(SECOND, 10 * SECOND);

	(void)state;
	assert_int_equal(fair_share_after_turn(&share, 10 * SECOND, SECOND, TIME_NEVER),
			 TIME_NEVER);
	assert_int_equal(share.gives_way_until, 0);
	assert_int_equal(share.rests_until, 0);
	/* The others have ended meanwhile. */
	(void)!fair_share_after_turn(&share, 10 * SECOND, 0, 0);
	share.took = 0;
	assert_int_equal(fair_share_after_turn(&share, 11 * SECOND, 0, TIME_NEVER), 11 * SECOND);
	assert_int_equal(share.gives_way_until, 0);
}

static void who_has_used_less_gives_no_way(void **state)
{
	struct fair_share share = after_work(SECOND, 10 * SECOND);
	struct fair_share small = after_work(SECOND / 10, 10 * SECOND);

	(void)state;
	assert_int_equal(fair_share_after_turn(&share, 10 * SECOND, 0, SECOND), TIME_NEVER);
	assert_int_equal(share.gives_way_until, 0);
	assert_int_equal(fair_share_after_turn(&small, 10 * SECOND, 0, 0), TIME_NEVER);
}

static void a_long_turn_is_followed_by_a_rest(void **state)
{
	struct fair_share share = { .used = 0 };

	(void)state;
	(void)!fair_share_after_turn(&share, 10 * SECOND, SECOND / 100, 0);
	assert_int_equal(share.rests_until, 0);
	(void)!fair_share_after_turn(&share, 10 * SECOND, SECOND, 0);
	assert_int_equal(share.rests_until, 11 * SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_work_is_followed_by_that_of_others),
		cmocka_unit_test(nobody_waits_for_nobody),
		cmocka_unit_test(who_has_used_less_gives_no_way),
		cmocka_unit_test(a_long_turn_is_followed_by_a_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
