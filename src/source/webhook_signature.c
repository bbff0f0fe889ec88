/* SPDX-License-Identifier: MIT */
#include "webhook_signature.h"

#include <string.h>
#include <strings.h>

#define PREFIX "sha256="

/* Letters that a digest has in base64, without and with its padding. */
#define BASE64_LETTERS 43

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_hex(const char *text, unsigned char digest[HMAC_SIZE])
{
	for (size_t i = 0; i < HMAC_SIZE; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		digest[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* Of both alphabets (RFC 4648, 4 and 5). */
static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

static bool read_base64(const char *text, unsigned char digest[HMAC_SIZE])
{
	uint32_t bits = 0;
	size_t n = 0;

	for (int i = 0; i < BASE64_LETTERS; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4 == 0)
			continue;
		digest[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
	}
	/* The last letter has two bits too many. */
	return (bits & 3) == 0;
}

static bool read_digest(const char *header, unsigned char digest[HMAC_SIZE])
{
	size_t n;

	if (strncasecmp(header, PREFIX, strlen(PREFIX)) == 0)
		header += strlen(PREFIX);
	n = strlen(header);
	if (n == (size_t)2 * HMAC_SIZE)
		return read_hex(header, digest);
	if (n == BASE64_LETTERS + 1)
		return header[BASE64_LETTERS] == '=' && read_base64(header, digest);
	return n == BASE64_LETTERS && read_base64(header, digest);
}

/* 0 when they are equal; looks at all of both. */
static unsigned difference(const unsigned char *a, const unsigned char *b)
{
	unsigned all = 0;

	for (size_t i = 0; i < HMAC_SIZE; i++)
		all |= (unsigned)(a[i] ^ b[i]);
	return all;
}

bool webhook_signature_is_right(const struct webhook_signature_keys *keys, const char *header,
				const void *body, size_t n)
{
	unsigned char claimed[HMAC_SIZE], ours[HMAC_SIZE];
	unsigned right = 0;

	if (!header || !read_digest(header, claimed))
		return false;
	for (int i = 0; i < keys->n; i++) {
		hmac_sign(&keys->keys[i], body, n, ours);
		right |= difference(claimed, ours) == 0;
	}
	explicit_bzero(ours, sizeof(ours));
	return right;
}
