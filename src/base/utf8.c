/* SPDX-License-Identifier: MIT */
#include "utf8.h"

static bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/*
 * The well-formed byte sequences of Unicode, table 3-7: the second byte tells overlong forms and
 * surrogates.
 */
static bool second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return is_tail(second);
	}
}

size_t utf8_char(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t len;

	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || len > n || !second_fits(s[0], s[1]))
		return 0;
	for (size_t i = 2; i < len; i++)
		if (!is_tail(s[i]))
			return 0;
	return len;
}

/* The code point of the valid character at P. */
static uint32_t decode(const char *p, size_t len)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (unsigned char)p[0] & mask[len];

	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)p[i] & 0x3f);
	return c;
}

size_t utf8_printable(const char *p, size_t n)
{
	size_t len = utf8_char(p, n);
	uint32_t c;

	if (len == 0)
		return 0;
	c = decode(p, len);
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return 0;
	/* ALM LRM RLM; LS PS and the embeddings; the isolates, and the old shapes of digits. */
	if (c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x206f))
		return 0;
	/* The byte order mark; notes between the lines. */
	if (c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb))
		return 0;
	return len;
}
