/* SPDX-License-Identifier: MIT */
#include "report_proof.h"

#include <inttypes.h>
#include <string.h>

#include "cell_format.h"

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

/* Days that the sentence names; the others are counted. */
#define NAMED_DAYS 5

/* Adds "created -1, labels 2": what has changed on a day. */
static void changes_of_day(struct buf *out, enum lang lang, const struct table *changes, int row)
{
	static const struct {
		const char *name;
		bool is_difference;
	} columns[] = { { "created", true },	{ "resolved", true },  { "reopened", true },
			{ "unresolved", true }, { "channels", false }, { "labels", false } };
	const char *between = "";
	int named = 0;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		int64_t n = table_get_int(changes, row, columns[i].name);

		/* How many channels are others goes without saying where the sums are. */
		if (n == 0 || (strcmp(columns[i].name, "channels") == 0 && named > 0))
			continue;
		buf_printf(out, "%s%s %s%" PRId64, between,
			   report_text_of(lang, "changed_", columns[i].name),
			   columns[i].is_difference && n > 0 ? "+" : "", n);
		between = ", ";
		named++;
	}
}

void report_proof_changes(struct buf *out, enum lang lang, const struct table *changes)
{
	int rows = table_rows(changes);

	if (rows == 0)
		return;
	buf_printf(out, "%s ", report_text_get(lang, "changed"));
	cell_format_time(out, table_get(changes, 0, "since_at"), lang);
	for (int row = 0; row < rows && row < NAMED_DAYS; row++) {
		buf_printf(out, "%s %s (", row == 0 ? ":" : ";", table_get(changes, row, "day"));
		changes_of_day(out, lang, changes, row);
		buf_char(out, ')');
	}
	if (rows > NAMED_DAYS)
		buf_printf(out, "; %s %d", report_text_get(lang, "changed_more"),
			   rows - NAMED_DAYS);
	buf_printf(out, ". %s", report_text_get(lang, "changed_why"));
}
