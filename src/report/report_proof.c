/* SPDX-License-Identifier: MIT */
#include "report_proof.h"

#include <inttypes.h>
#include <string.h>

/* The known exceptions: ": 3 items that ..., 12 conversations that ...". */
static void exceptions(struct buf *out, enum lang lang, const struct table *scope, int row)
{
	static const char *const kinds[] = { "holding", "accepted", "unlisted", "disputed",
					     "beyond" };
	const char *separator = ": ";

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		int64_t n = table_get_int(scope, row, kinds[i]);

		if (n <= 0)
			continue;
		buf_printf(out, "%s%" PRId64 " %s", separator, n,
			   report_text_of(lang, "proof_", kinds[i]));
		separator = ", ";
	}
}

bool report_proof_write(struct buf *out, enum lang lang, const struct table *scope, int row)
{
	const char *proof = table_get(scope, row, "proof"),
		   *why = table_get(scope, row, "unproven"),
		   *since = table_get(scope, row, "unproven_since");

	if (!proof)
		return false;
	buf_str(out, report_text_of(lang, "proof_", proof));
	exceptions(out, lang, scope, row);
	if (since && strcmp(proof, "loading") != 0)
		buf_printf(out, " (%s %s)", report_text_get(lang, "since"), since);
	if (why && *why)
		buf_printf(out, ": %s", report_text_of(lang, "why_", why));
	buf_printf(out, ". %s", report_text_of(lang, "counted_", proof));
	return strcmp(proof, "excepted") != 0;
}
