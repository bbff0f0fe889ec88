/* SPDX-License-Identifier: MIT */
/* HMAC gives the digests of RFC 4231. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "hmac.h"

static void assert_hex(const unsigned char *digest, const char *expected)
{
	char hex[2 * HMAC_SIZE + 1];

	for (int i = 0; i < HMAC_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, expected);
}

/* The secret and the message of an example, and its HMAC. */
struct example {
	const char *secret;
	size_t secret_len;
	const char *message;
	const char *hmac;
};

static const struct example examples[] = {
	{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", 20,
	  "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "Jefe", 4, "what do ya want for nothing?",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
};

static void the_examples_of_rfc_4231(void **fixture)
{
	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
		const struct example *e = &examples[i];
		unsigned char digest[HMAC_SIZE];
		struct hmac_key key;

		hmac_key(&key, e->secret, e->secret_len);
		hmac_sign(&key, e->message, strlen(e->message), digest);
		assert_hex(digest, e->hmac);
	}
}

static void assert_long(size_t secret_len, unsigned char letter, const char *message,
			const char *expected)
{
	unsigned char secret[131], digest[HMAC_SIZE];
	struct hmac_key key;

	memset(secret, letter, sizeof(secret));
	hmac_key(&key, secret, secret_len);
	hmac_sign(&key, message, strlen(message), digest);
	assert_hex(digest, expected);
}

static void secrets_longer_than_a_block_are_hashed_first(void **fixture)
{
	char fifty[51] = "";

	(void)fixture;
	memset(fifty, 0xdd, 50);
	assert_long(20, 0xaa, fifty,
		    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	assert_long(131, 0xaa, "Test Using Larger Than Block-Size Key - Hash Key First",
		    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	assert_long(131, 0xaa,
		    "This is a test using a larger than block-size key and a larger than "
		    "block-size data. The key needs to be hashed before being used by the HMAC "
		    "algorithm.",
		    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void one_key_serves_many_messages(void **fixture)
{
	unsigned char first[HMAC_SIZE], second[HMAC_SIZE], other[HMAC_SIZE];
	struct hmac_key key;

	(void)fixture;
	hmac_key(&key, "Jefe", 4);
	hmac_sign(&key, "628123456789", 12, first);
	hmac_sign(&key, "628123456780", 12, other);
	hmac_sign(&key, "628123456789", 12, second);
	assert_memory_equal(first, second, HMAC_SIZE);
	assert_memory_not_equal(first, other, HMAC_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_rfc_4231),
		cmocka_unit_test(secrets_longer_than_a_block_are_hashed_first),
		cmocka_unit_test(one_key_serves_many_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
