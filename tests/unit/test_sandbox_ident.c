/* SPDX-License-Identifier: MIT */
/* Ids lead back to what they name, and never to anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ident.h"

static void leads_back(void **fixture)
{
	static const uint32_t stats[] = { 0, 1, 2, 12345, 4999999, UINT32_MAX };
	uint32_t tag = ident_tag("sk_live_x", 1);
	char id[IDENT_SIZE];

	(void)fixture;
	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++) {
		for (enum ident_kind kind = IDENT_CONVERSATION; kind <= IDENT_TEAM; kind++) {
			size_t n = ident_write(tag, kind, stats[i], id);
			uint32_t back = 7;

			assert_int_equal(n, strlen(id));
			assert_true(n < IDENT_SIZE);
			assert_true(ident_read(id, tag, kind, &back));
			assert_int_equal(back, stats[i]);
		}
	}
}

static void is_strange_elsewhere(void **fixture)
{
	uint32_t tag = ident_tag("sk_live_x", 1), number;
	char id[IDENT_SIZE];

	(void)fixture;
	ident_write(tag, IDENT_CONVERSATION, 5, id);
	assert_false(ident_read(id, ident_tag("sk_live_y", 1), IDENT_CONVERSATION, &number));
	assert_false(ident_read(id, ident_tag("sk_live_x", 2), IDENT_CONVERSATION, &number));
	assert_false(ident_read(id, tag, IDENT_CONTACT, &number));
	assert_false(ident_read(id + 1, tag, IDENT_CONVERSATION, &number));
	assert_false(ident_read("conv_", tag, IDENT_CONVERSATION, &number));
	assert_false(ident_read("conv_uuuuuuuuuuuu", tag, IDENT_CONVERSATION, &number));
	id[7] = id[7] == '0' ? '1' : '0';
	assert_false(ident_read(id, tag, IDENT_CONVERSATION, &number));
}

/* The sandbox sorts by codes, and promises an order of ids. */
static void sorts_as_its_code(void **fixture)
{
	uint32_t tag = ident_tag("sk_live_x", 1);
	char a[IDENT_SIZE], b[IDENT_SIZE];

	(void)fixture;
	for (uint32_t i = 0; i + 1 < 2000; i++) {
		uint64_t ca = ident_code(tag, IDENT_CONVERSATION, i),
			 cb = ident_code(tag, IDENT_CONVERSATION, i + 1);

		ident_write(tag, IDENT_CONVERSATION, i, a);
		ident_write(tag, IDENT_CONVERSATION, i + 1, b);
		assert_int_equal(strcmp(a, b) < 0, ca < cb);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leads_back),
		cmocka_unit_test(is_strange_elsewhere),
		cmocka_unit_test(sorts_as_its_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
