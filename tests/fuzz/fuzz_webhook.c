/* SPDX-License-Identifier: MIT */
/*
 * Events of webhooks: the input is a header, a newline and a body. Whatever
 * they are, ids look like ids and stand in the body, and a header is right
 * only when it says the digest of that body.
 */
#include "fuzz.h"
#include "webhook_body.h"
#include "webhook_signature.h"

#define SECRET "whsec_fuzz"

static bool looks_like_an_id(const char *id)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return strncmp(id, "conv_", 5) == 0 && id[5] && id[strspn(id, letters)] == '\0' &&
	       strlen(id) < WEBHOOK_BODY_ID_SIZE;
}

static void check_body(const char *text, size_t n)
{
	struct webhook_body body;

	webhook_body_read(text, n, &body);
	MUST(body.n >= 0 && body.n <= WEBHOOK_BODY_IDS);
	for (int i = 0; i < body.n; i++) {
		MUST(looks_like_an_id(body.ids[i]));
		MUST(memmem(text, n, body.ids[i], strlen(body.ids[i])));
		for (int j = 0; j < i; j++)
			MUST(strcmp(body.ids[i], body.ids[j]) != 0);
	}
}

static void check_signature(const char *header, const char *body, size_t n)
{
	struct webhook_signature_keys keys = { .n = 1 }, none = { .n = 0 };
	unsigned char digest[HMAC_SIZE];
	char right[2 * HMAC_SIZE + 1];

	hmac_key(&keys.keys[0], SECRET, strlen(SECRET));
	hmac_sign(&keys.keys[0], body, n, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(right + 2 * i, 3, "%02x", digest[i]);
	MUST(webhook_signature_is_right(&keys, right, body, n));
	MUST(!webhook_signature_is_right(&none, right, body, n));
	/* Nobody has found a digest by chance. */
	MUST(!webhook_signature_is_right(&keys, header, body, n) || strlen(header) >= 43);
	/* Another body of the same length has another one. */
	if (n > 0) {
		char *other = fuzz_text((const uint8_t *)body, n);

		other[n / 2] ^= 1;
		MUST(!webhook_signature_is_right(&keys, right, other, n));
		free(other);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n), *end = memchr(text, '\n', n);
	char *body = end ? end + 1 : text;
	size_t body_len = n - (size_t)(body - text);

	if (end)
		*end = '\0';
	check_body(body, body_len);
	check_signature(end ? text : "", body, body_len);
	free(text);
	return 0;
}
