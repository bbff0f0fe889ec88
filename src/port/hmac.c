/* SPDX-License-Identifier: MIT */
#include "hmac.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "mem.h"

void hmac_key(struct hmac_key *key, const void *secret, size_t n)
{
	unsigned size = 0;

	*key = (struct hmac_key){ .n = (int)n };
	if (n <= HMAC_BLOCK) {
		if (n > 0)
			memcpy(key->bytes, secret, n);
		return;
	}
	/* A longer key stands for its digest (RFC 2104, 2). */
	if (!EVP_Digest(secret, n, key->bytes, &size, EVP_sha256(), NULL))
		mem_out("libcrypto");
	key->n = (int)size;
}

void hmac_sign(const struct hmac_key *key, const void *p, size_t n, unsigned char digest[HMAC_SIZE])
{
	if (!HMAC(EVP_sha256(), key->bytes, key->n, p, n, digest, NULL))
		mem_out("libcrypto");
}
