/* SPDX-License-Identifier: MIT */
/* SHA-256 and HMAC give what FIPS 180-4 and RFC 4231 say. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "sha256.h"

static void assert_hex(const unsigned char *digest, const char *expected)
{
	char hex[2 * SHA256_SIZE + 1];

	for (int i = 0; i < SHA256_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(hex, expected);
}

static void assert_digest(const char *text, const char *expected)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha;

	sha256_begin(&sha);
	sha256_add(&sha, text, strlen(text));
	sha256_end(&sha, digest);
	assert_hex(digest, expected);
}

static void the_examples_of_the_standard(void **fixture)
{
	(void)fixture;
	assert_digest("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_digest("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_letters_in_pieces_of_every_length(void **fixture)
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha;
	char letters[200];
	size_t left = 1000000;

	(void)fixture;
	memset(letters, 'a', sizeof(letters));
	sha256_begin(&sha);
	for (size_t n = 0; left > 0; n = (n + 1) % sizeof(letters)) {
		size_t take = n < left ? n : left;

		sha256_add(&sha, letters, take);
		left -= take;
	}
	sha256_end(&sha, digest);
	assert_hex(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Lengths at which the padding needs a block of its own, or not; digests by another program. */
static void lengths_around_a_block(void **fixture)
{
	static const struct {
		size_t n;
		const char *digest;
	} cases[] = {
		{ 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318" },
		{ 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a" },
		{ 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34" },
		{ 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb" },
		{ 65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0" },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[80] = "";

		memset(text, 'a', cases[i].n);
		assert_digest(text, cases[i].digest);
	}
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
		unsigned char digest[SHA256_SIZE];
		struct hmac_key key;

		sha256_key(&key, e->secret, e->secret_len);
		sha256_hmac(&key, e->message, strlen(e->message), digest);
		assert_hex(digest, e->hmac);
	}
}

static void assert_long(size_t secret_len, unsigned char letter, const char *message,
			const char *expected)
{
	unsigned char secret[131], digest[SHA256_SIZE];
	struct hmac_key key;

	memset(secret, letter, sizeof(secret));
	sha256_key(&key, secret, secret_len);
	sha256_hmac(&key, message, strlen(message), digest);
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
	unsigned char first[SHA256_SIZE], second[SHA256_SIZE], other[SHA256_SIZE];
	struct hmac_key key;

	(void)fixture;
	sha256_key(&key, "Jefe", 4);
	sha256_hmac(&key, "628123456789", 12, first);
	sha256_hmac(&key, "628123456780", 12, other);
	sha256_hmac(&key, "628123456789", 12, second);
	assert_memory_equal(first, second, SHA256_SIZE);
	assert_memory_not_equal(first, other, SHA256_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard),
		cmocka_unit_test(a_million_letters_in_pieces_of_every_length),
		cmocka_unit_test(lengths_around_a_block),
		cmocka_unit_test(the_examples_of_rfc_4231),
		cmocka_unit_test(secrets_longer_than_a_block_are_hashed_first),
		cmocka_unit_test(one_key_serves_many_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
