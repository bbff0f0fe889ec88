/* SPDX-License-Identifier: MIT */
#include "ident.h"

#include <string.h>

#include "hash.h"

#define LETTERS 12
#define HALF_BITS 30
#define HALF (((uint64_t)1 << HALF_BITS) - 1)
#define TAG_BITS 24
#define KIND_BITS 4
#define ROUNDS 4

/* In the order of ASCII, without i, l, o and u. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static const char *const prefixes[] = {
	[IDENT_CONVERSATION] = "conv_", [IDENT_CONTACT] = "ct_", [IDENT_CHANNEL] = "ch_",
	[IDENT_AGENT] = "usr_",		[IDENT_TEAM] = "team_",
};

/* One round of a Feistel network: with any function, the network can be run backwards. */
static uint64_t scramble(uint64_t half, int round)
{
	static const uint64_t odd[ROUNDS] = {
		UINT64_C(0x9e3779b97f4a7c15),
		UINT64_C(0xd6e8feb86659fd93),
		UINT64_C(0xc2b2ae3d27d4eb4f),
		UINT64_C(0xa0761d6478bd642f),
	};
	uint64_t x = (half + (uint64_t)round + 1) * odd[round];

	return (x ^ x >> 33) & HALF;
}

static uint64_t hide(uint64_t plain)
{
	uint64_t left = plain >> HALF_BITS, right = plain & HALF;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t next = left ^ scramble(right, round);

		left = right;
		right = next;
	}
	return left << HALF_BITS | right;
}

static uint64_t reveal(uint64_t code)
{
	uint64_t left = code >> HALF_BITS, right = code & HALF;

	for (int round = ROUNDS - 1; round >= 0; round--) {
		uint64_t before = right ^ scramble(left, round);

		right = left;
		left = before;
	}
	return left << HALF_BITS | right;
}

uint32_t ident_tag(const char *key, uint64_t seed)
{
	return (uint32_t)hash_bytes(hash_string(HASH_START, key), &seed, sizeof(seed)) &
	       ((1u << TAG_BITS) - 1);
}

static uint64_t plain_of(uint32_t tag, enum ident_kind kind, uint32_t number)
{
	return ((uint64_t)tag << KIND_BITS | kind) << 32 | number;
}

uint64_t ident_code(uint32_t tag, enum ident_kind kind, uint32_t number)
{
	return hide(plain_of(tag, kind, number));
}

size_t ident_write(uint32_t tag, enum ident_kind kind, uint32_t number, char buf[IDENT_SIZE])
{
	uint64_t code = ident_code(tag, kind, number);
	size_t n = strlen(prefixes[kind]);

	memcpy(buf, prefixes[kind], n);
	for (int i = LETTERS - 1; i >= 0; i--) {
		buf[n + (size_t)i] = alphabet[code & 31];
		code >>= 5;
	}
	buf[n + LETTERS] = '\0';
	return n + LETTERS;
}

bool ident_read(const char *id, uint32_t tag, enum ident_kind kind, uint32_t *number)
{
	size_t n = strlen(prefixes[kind]);
	uint64_t code = 0, plain;

	if (strncmp(id, prefixes[kind], n) != 0 || strlen(id) != n + LETTERS)
		return false;
	for (const char *p = id + n; *p; p++) {
		const char *letter = strchr(alphabet, *p);

		if (!letter)
			return false;
		code = code << 5 | (uint64_t)(letter - alphabet);
	}
	plain = reveal(code);
	if (plain >> 32 != plain_of(tag, kind, 0) >> 32)
		return false;
	*number = (uint32_t)plain;
	return true;
}
