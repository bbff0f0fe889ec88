/* SPDX-License-Identifier: MIT */
/*
 * Texts that say where something is: a URL of the API, a conninfo, a host. None leads
 * to http elsewhere than to this machine, and no complaint shows a control character.
 */
#include "fuzz.h"
#include "http.h"
#include "pg.h"
#include "redact.h"
#include "uri.h"
#include "utf8.h"

static void check_sentence(const char *text)
{
	for (size_t n = strlen(text), at = 0; at < n;) {
		size_t len = utf8_printable(text + at, n - at);

		MUST(len > 0);
		at += len;
	}
}

static void check_url(const char *text)
{
	char origin[128];
	struct err err;

	http_url_origin(text, origin, sizeof(origin));
	MUST(strlen(origin) < sizeof(origin));
	if (!http_url_allowed(text, &err))
		check_sentence(err.text);
	else
		MUST(strncmp(origin, "https://", 8) == 0 ||
		     strncmp(origin, "http://127.", 11) == 0 ||
		     strncmp(origin, "http://localhost", 16) == 0 ||
		     strncmp(origin, "http://[::1]", 12) == 0);
}

static void check_conninfo(const char *text)
{
	bool has_password;
	struct err err;

	if (!pg_conninfo_check(text, &has_password, &err))
		check_sentence(err.text);
}

static void check_redact(char *text, size_t n)
{
	static bool learned;

	if (!learned)
		redact_learn("sk_live_7f3a");
	learned = true;
	redact_text(text, n);
	MUST(!strstr(text, "sk_live_7f3a") && strlen(text) <= n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n);

	check_url(text);
	check_conninfo(text);
	(void)!uri_is_loopback(text);
	check_redact(text, n);
	free(text);
	return 0;
}
