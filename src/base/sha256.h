/* SPDX-License-Identifier: MIT */
/*
 * sha256.h -- SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104).
 *
 * For the keyed hash of a phone number: equal keys, the same number, and no
 * way back without the secret.
 */
#ifndef SHA256_H
#define SHA256_H

#include "base.h"

#define SHA256_SIZE 32
#define SHA256_BLOCK 64

struct sha256 {
	uint32_t state[8];
	uint64_t bytes; /* so far */
	unsigned char block[SHA256_BLOCK];
};

/* Begins, goes on with N bytes at P, and ends a digest. */
void sha256_begin(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *p, size_t n);
void sha256_end(struct sha256 *sha, unsigned char digest[SHA256_SIZE]);

/* A secret, made ready for many messages. */
struct hmac_key {
	unsigned char inner[SHA256_BLOCK], outer[SHA256_BLOCK];
};

/* Makes KEY from a secret of any length. Whoever has KEY has the secret. */
void sha256_key(struct hmac_key *key, const void *secret, size_t n);

/* The HMAC of the N bytes at P. */
void sha256_hmac(const struct hmac_key *key, const void *p, size_t n,
		 unsigned char digest[SHA256_SIZE]);

#endif
