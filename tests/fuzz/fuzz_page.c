/* SPDX-License-Identifier: MIT */
/*
 * A page, whatever it is made of: good items and bad ones are staged, or it
 * is no page and nothing is. What is staged is a COPY stream that PostgreSQL
 * reads to its end, of texts that it takes.
 */
#include <endian.h>

#include "decode.h"
#include "fuzz.h"
#include "utf8.h"

#define NOON INT64_C(1710500400000000)

static const int columns[STAGE_TABLES] = {
	[STAGE_CONVERSATION] = 13, [STAGE_CHANNEL] = 4, [STAGE_AGENT] = 3,    [STAGE_TEAM] = 3,
	[STAGE_CONTACT] = 6,	   [STAGE_GONE] = 4,	[STAGE_REJECTED] = 9,
};

static int64_t take(const char **p, const char *end, int bytes)
{
	int64_t n = 0;

	MUST(end - *p >= bytes);
	for (int i = 0; i < bytes; i++)
		n = (int64_t)((uint64_t)n << 8 | (unsigned char)*(*p)++);
	return bytes == 2 ? (int16_t)n : bytes == 4 ? (int32_t)n : n;
}

/* Texts, and what only looks like one, are UTF-8; of numbers' bytes nothing is asked. */
static void check_text(const char *p, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) {
		len = utf8_char(p + i, n - i);
		MUST(len > 0 && p[i] != '\0');
	}
}

/* Which columns of a table are text: all from FIRST on but those in NOT. */
static bool is_text(enum stage_table table, int column)
{
	switch (table) {
	case STAGE_CONVERSATION:
		return column >= 3 && column <= 8;
	case STAGE_CONTACT:
		return column >= 1 && column <= 3;
	case STAGE_REJECTED:
		return (column >= 2 && column <= 4) || column == 6 || column == 7;
	case STAGE_GONE:
		return column == 1 || column == 2;
	default:
		return column >= 1;
	}
}

static int check_stream(enum stage_table table, const struct buf *rows)
{
	const char *p = rows->len > 0 ? rows->data : "", *end = p + rows->len;
	int n = 0, fields;

	if (rows->len == 0)
		return 0;
	MUST(rows->len >= 21 && memcmp(p, "PGCOPY\n\377\r\n", 11) == 0);
	for (p += 19; (fields = (int)take(&p, end, 2)) != -1; n++) {
		MUST(fields == columns[table]);
		for (int i = 0; i < fields; i++) {
			int64_t len = take(&p, end, 4);

			MUST(len >= -1 && len <= end - p);
			if (len > 0 && is_text(table, i))
				check_text(p, (size_t)len);
			p += len > 0 ? len : 0;
		}
	}
	MUST(p == end);
	return n;
}

static void check_stage(struct stage *stage, int rows)
{
	int found = 0;

	MUST(stage_rows(stage) == rows);
	stage_close(stage);
	for (int t = 0; t < STAGE_TABLES; t++) {
		int n = check_stream((enum stage_table)t, &stage->rows[t]);

		MUST(n == stage->n[t]);
		found += t == STAGE_CONVERSATION || t == STAGE_REJECTED ? n : 0;
	}
	MUST(found == rows);
}

static void check_page(const struct page *page)
{
	MUST(page->n >= 0 && page->n <= PAGE_ROWS_MOST);
	MUST(page->total >= 0 && page->page >= 0 && page->per_page >= 0 && page->total_pages >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct item_privacy ways[] = {
		{ .drop_name = false },
		{ .drop_name = true, .drop_phone = true, .hash_phone = true }
	};
	static struct decode *decodes[2];
	static struct stage *stage;
	static struct page page;

	if (!stage)
		stage = stage_new();
	for (int i = 0; i < 2; i++) {
		struct decode_one one = { .id = "conv_1", .date = NOON };

		if (!decodes[i])
			decodes[i] = decode_new(&ways[i]);
		data = n > 0 ? data : (const uint8_t *)"";
		page = (struct page){ .date = NOON, .page = 1, .per_page = 100 };
		stage_reset(stage, NOON);
		if (decode_page(decodes[i], (const char *)data, n, stage, &page)) {
			check_page(&page);
			check_stage(stage, page.n);
			for (int r = 0; r < page.n; r++)
				MUST(decode_id(decodes[i], r) && *decode_id(decodes[i], r));
		} else {
			MUST(decode_error(decodes[i])->kind == ERR_DATA);
			check_stage(stage, 0);
		}
		stage_reset(stage, NOON);
		if (decode_item(decodes[i], (const char *)data, n, stage, &one))
			check_stage(stage, one.same);
		else
			check_stage(stage, 0);
	}
	return 0;
}
