/* SPDX-License-Identifier: MIT */
#include "hash.h"

#include <string.h>

uint64_t hash_bytes(uint64_t seed, const void *p, size_t n)
{
	const unsigned char *s = p;
	uint64_t h = seed;

	for (size_t i = 0; i < n; i++)
		h = (h ^ s[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

uint64_t hash_string(uint64_t seed, const char *s)
{
	/* No string has anything behind a NUL. */
	return s ? hash_bytes(seed, s, strlen(s) + 1) : hash_bytes(seed, "\0\1", 2);
}
