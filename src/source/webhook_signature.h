/* SPDX-License-Identifier: MIT */
/*
 * webhook_signature.h -- Tells whether the API signed a webhook's body.
 *
 * The header X-Sahut-Signature has an HMAC-SHA256 of the raw body. The
 * reference does not say how it is written, so hex and base64 are read, with
 * "sha256=" before them or without. Nothing of a body is looked at before
 * its signature was found to be right.
 */
#ifndef WEBHOOK_SIGNATURE_H
#define WEBHOOK_SIGNATURE_H

#include "base.h"
#include "hmac.h"

/* The header's name. */
#define WEBHOOK_SIGNATURE_HEADER "X-Sahut-Signature"

/* While a secret is replaced by another one, both are in force. */
#define WEBHOOK_SIGNATURE_KEYS 2

/* The keys that a signature may be made with: the secrets as they were shown. */
struct webhook_signature_keys {
	struct hmac_key keys[WEBHOOK_SIGNATURE_KEYS];
	int n;
};

/*
 * Whether the value of the HEADER, or NULL, is the signature of the N bytes at
 * BODY by one of the keys. Its running time tells neither how much of the
 * signature was right nor which key it was.
 */
bool webhook_signature_is_right(const struct webhook_signature_keys *keys, const char *header,
				const void *body, size_t n) MUST_CHECK;

#endif
