/* SPDX-License-Identifier: MIT */
/*
 * staged.c -- the batches that a first load would stage, as files for COPY.
 *
 * For the benchmark: psql then feeds the same rows to the same merge, which
 * says what the daemon's own work costs. Reads pages from standard input,
 * each as its length in a line and then the body; writes DIR/BATCH.TABLE and
 * prints a line for each: batch, table, rows, and the pages of the batch.
 *
 * usage: staged DIR ROWS-PER-BATCH
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "decode.h"
#include "mem.h"

static const char *const names[STAGE_TABLES] = {
	[STAGE_CONVERSATION] = "conversation",
	[STAGE_CHANNEL] = "channel",
	[STAGE_AGENT] = "agent",
	[STAGE_TEAM] = "team",
	[STAGE_CONTACT] = "contact",
	[STAGE_GONE] = "gone",
	[STAGE_REJECTED] = "rejected",
};

static void die(const char *what)
{
	fprintf(stderr, "staged: %s\n", what);
	exit(1);
}

static void write_batch(struct stage *stage, const char *dir, int batch)
{
	char path[4096];

	stage_close(stage);
	for (int t = 0; t < STAGE_TABLES; t++) {
		FILE *f;

		if (stage->n[t] == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%06d.%s", dir, batch, names[t]);
		f = fopen(path, "w");
		if (!f || fwrite(stage->rows[t].data, stage->rows[t].len, 1, f) != 1 || fclose(f))
			die(path);
		printf("%d %s %s\n", batch, names[t], stage_copy(stage, (enum stage_table)t));
	}
	stage_reset(stage, stage->fallback);
}

/* The next page from standard input; false at the end. */
static bool read_page(struct buf *body)
{
	char line[32];
	char *p;
	size_t n;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	n = strtoull(line, NULL, 10);
	buf_reset(body);
	p = buf_extend(body, n);
	if (!p || fread(p, n, 1, stdin) != 1)
		die("a page that ends in the middle");
	return true;
}

int main(int argc, char **argv)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(64u << 20);
	CLEANUP(decode_free) struct decode *decode = NULL;
	CLEANUP(stage_free) struct stage *stage = stage_new();
	struct item_privacy everything = { .drop_name = false };
	static struct page page;
	int64_t now = clock_real(clock_system());
	int batch = 0, most;

	if (argc != 3)
		die("usage: staged DIR ROWS-PER-BATCH");
	most = atoi(argv[2]);
	decode = decode_new(&everything);
	stage_reset(stage, now);
	for (int number = 1; read_page(&body); number++) {
		page = (struct page){ .date = now, .page = number, .per_page = 100 };
		if (!decode_page(decode, body.data, body.len, stage, &page))
			die(decode_error(decode)->text);
		if (stage_rows(stage) >= most)
			write_batch(stage, argv[1], ++batch);
	}
	if (stage_rows(stage) > 0)
		write_batch(stage, argv[1], ++batch);
	return 0;
}
