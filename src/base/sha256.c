/* SPDX-License-Identifier: MIT */
#include "sha256.h"

#include <string.h>

#define ROUNDS 64

static const uint32_t constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t rotate(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t read_word(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void write_word(unsigned char *p, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(word >> (24 - 8 * i));
}

/* The message schedule: the block's words, and those that follow from them. */
static void expand(uint32_t w[ROUNDS], const unsigned char *block)
{
	for (int i = 0; i < 16; i++)
		w[i] = read_word(block + 4 * i);
	for (int i = 16; i < ROUNDS; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
		       (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[ROUNDS] = { 0 }, v[8];

	expand(w, block);
	memcpy(v, state, sizeof(v));
	for (int i = 0; i < ROUNDS; i++) {
		uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
		uint32_t t = v[7] + s1 + choice + constants[i] + w[i];

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t;
		v[0] = t + s0 + majority;
	}
	for (int i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_begin(struct sha256 *sha)
{
	*sha = (struct sha256){ .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

void sha256_add(struct sha256 *sha, const void *p, size_t n)
{
	const unsigned char *from = p;

	while (n > 0) {
		size_t have = sha->bytes % SHA256_BLOCK;
		size_t take = n < SHA256_BLOCK - have ? n : SHA256_BLOCK - have;

		memcpy(sha->block + have, from, take);
		sha->bytes += take;
		from += take;
		n -= take;
		if (have + take == SHA256_BLOCK)
			compress(sha->state, sha->block);
	}
}

void sha256_end(struct sha256 *sha, unsigned char digest[SHA256_SIZE])
{
	static const unsigned char padding[SHA256_BLOCK] = { 0x80 };
	uint64_t bits = sha->bytes * 8;
	unsigned char length[8];
	size_t have = sha->bytes % SHA256_BLOCK;

	sha256_add(sha, padding,
		   have < SHA256_BLOCK - 8 ? SHA256_BLOCK - 8 - have : 2 * SHA256_BLOCK - 8 - have);
	write_word(length, (uint32_t)(bits >> 32));
	write_word(length + 4, (uint32_t)bits);
	sha256_add(sha, length, sizeof(length));
	for (int i = 0; i < 8; i++)
		write_word(digest + 4 * i, sha->state[i]);
}

void sha256_key(struct hmac_key *key, const void *secret, size_t n)
{
	unsigned char block[SHA256_BLOCK] = { 0 };
	struct sha256 sha;

	if (n > SHA256_BLOCK) {
		sha256_begin(&sha);
		sha256_add(&sha, secret, n);
		sha256_end(&sha, block);
	} else if (n > 0) {
		memcpy(block, secret, n);
	}
	for (int i = 0; i < SHA256_BLOCK; i++) {
		key->inner[i] = block[i] ^ 0x36;
		key->outer[i] = block[i] ^ 0x5c;
	}
}

void sha256_hmac(const struct hmac_key *key, const void *p, size_t n,
		 unsigned char digest[SHA256_SIZE])
{
	struct sha256 sha;

	sha256_begin(&sha);
	sha256_add(&sha, key->inner, SHA256_BLOCK);
	sha256_add(&sha, p, n);
	sha256_end(&sha, digest);
	sha256_begin(&sha);
	sha256_add(&sha, key->outer, SHA256_BLOCK);
	sha256_add(&sha, digest, SHA256_SIZE);
	sha256_end(&sha, digest);
}
