/* SPDX-License-Identifier: MIT */
/*
 * hmac.h -- HMAC with SHA-256 (RFC 2104), by libcrypto.
 *
 * For the keyed hash of a phone number: equal hashes mean the same number,
 * and nobody gets back to the number without the key.
 */
#ifndef HMAC_H
#define HMAC_H

#include "base.h"

#define HMAC_SIZE 32
#define HMAC_BLOCK 64

/* A key that is kept for many messages. Wipe it with explicit_bzero(). */
struct hmac_key {
	unsigned char bytes[HMAC_BLOCK];
	int n;
};

/* Makes KEY from a secret of N bytes, of any length. */
void hmac_key(struct hmac_key *key, const void *secret, size_t n);

/* The HMAC of the N bytes at P. Running out of memory ends the process, as in mem.h. */
void hmac_sign(const struct hmac_key *key, const void *p, size_t n,
	       unsigned char digest[HMAC_SIZE]);

#endif
