/* SPDX-License-Identifier: MIT */
/* A signature is right in each way of writing it that the reference leaves open, and in no other. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "webhook_signature.h"

/* The HMAC of BODY with each of two secrets, as another program computes it. */
#define BODY "{\"event\":\"x\"}"
#define HEX "37710a25428c3a192cb5625ad95afdad242b9a3608d6f8ecd7aa2ee60fae2fad"
#define BASE64 "N3EKJUKMOhkstWJa2Vr9rSQrmjYI1vjs16ou5g+uL60="
#define SECOND_HEX "03a503be7130ade0d2cd48da2cda110b0c5fa3e8e6f11412d0f763deb3b92987"

static struct webhook_signature_keys keys_of(const char *first, const char *second)
{
	struct webhook_signature_keys keys = { .n = 0 };

	if (first)
		hmac_key(&keys.keys[keys.n++], first, strlen(first));
	if (second)
		hmac_key(&keys.keys[keys.n++], second, strlen(second));
	return keys;
}

static bool is_right(const struct webhook_signature_keys *keys, const char *header)
{
	return webhook_signature_is_right(keys, header, BODY, strlen(BODY));
}

static void each_way_of_writing_is_read(void **fixture)
{
	static const char *const headers[] = {
		HEX,
		"sha256=" HEX,
		"SHA256=" HEX,
		"37710A25428C3A192CB5625AD95AFDAD242B9A3608D6F8ECD7AA2EE60FAE2FAD",
		BASE64,
		"sha256=" BASE64,
		"N3EKJUKMOhkstWJa2Vr9rSQrmjYI1vjs16ou5g-uL60=",
		"N3EKJUKMOhkstWJa2Vr9rSQrmjYI1vjs16ou5g+uL60",
	};
	struct webhook_signature_keys keys = keys_of("whsec_first", NULL);

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		assert_true(is_right(&keys, headers[i]));
}

static void nothing_else_is(void **fixture)
{
	static const char *const headers[] = {
		"",
		"sha256=",
		"sha256",
		HEX "0",
		HEX " ",
		" " HEX,
		"sha1=" HEX,
		"sha256=sha256=" HEX,
		"v1=" HEX,
		"37710a25428c3a192cb5625ad95afdad242b9a3608d6f8ecd7aa2ee60fae2fa",
		"37710a25428c3a192cb5625ad95afdad242b9a3608d6f8ecd7aa2ee60fae2fag",
		BASE64 "=",
		"N3EKJUKMOhkstWJa2Vr9rSQrmjYI1vjs16ou5g+uL61=",
		"N3EKJUKMOhkstWJa2Vr9rSQrmjYI1vjs16ou5g+uL6==",
		"N3EKJUKMOhkstWJa2Vr9rSQrmjYI1vjs16ou5g+uL60\n",
		"whsec_first",
	};
	struct webhook_signature_keys keys = keys_of("whsec_first", NULL);

	(void)fixture;
	assert_false(is_right(&keys, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		assert_false(is_right(&keys, headers[i]));
}

static void every_bit_counts(void **fixture)
{
	struct webhook_signature_keys keys = keys_of("whsec_first", NULL);
	char header[] = HEX, body[] = BODY;

	(void)fixture;
	for (size_t i = 0; i < strlen(HEX); i++) {
		header[i] = header[i] == '0' ? '1' : '0';
		assert_int_equal(is_right(&keys, header), header[i] == HEX[i]);
		header[i] = HEX[i];
	}
	for (size_t i = 0; i < strlen(BODY); i++) {
		body[i] ^= 1;
		assert_false(webhook_signature_is_right(&keys, HEX, body, strlen(body)));
		body[i] ^= 1;
	}
	assert_false(webhook_signature_is_right(&keys, HEX, BODY, strlen(BODY) - 1));
}

static void two_secrets_may_be_in_force(void **fixture)
{
	struct webhook_signature_keys both = keys_of("whsec_second", "whsec_first");
	struct webhook_signature_keys second = keys_of("whsec_second", NULL);

	(void)fixture;
	assert_true(is_right(&both, HEX));
	assert_true(is_right(&both, SECOND_HEX));
	assert_false(is_right(&second, HEX));
	assert_true(is_right(&second, SECOND_HEX));
}

static void without_a_secret_nothing_is_right(void **fixture)
{
	struct webhook_signature_keys none = keys_of(NULL, NULL);

	(void)fixture;
	assert_false(is_right(&none, HEX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_of_writing_is_read),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(two_secrets_may_be_in_force),
		cmocka_unit_test(without_a_secret_nothing_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
