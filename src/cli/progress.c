/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "time_format.h"

#define INTERVAL (200 * USEC_PER_MSEC)
#define BAR 24

/* A wait that is worth a line where there is no bar, and how often such lines come. */
#define LONG_WAIT (5 * USEC_PER_SEC)
#define REPEAT (60 * USEC_PER_SEC)

void progress_begin(struct progress *progress, bool wanted)
{
	bool terminal = isatty(STDERR_FILENO);

	*progress = (struct progress){ .on = wanted && terminal, .plain = wanted && !terminal };
}

/* "12,345": a number with separators. Returns BUF. */
static const char *grouped(int64_t n, char buf[32])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, n), out = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf[out++] = ',';
		buf[out++] = digits[i];
	}
	buf[out] = '\0';
	return buf;
}

/* The part that is left to read, as requests and as time at the speed so far. */
static void left(const struct cycle_progress *p, int64_t now, char *text, size_t size)
{
	int64_t pages = p->last_page - p->page, took = now - p->began;
	char time[TIME_FORMAT_SIZE];

	if (pages <= 0 || p->pages == 0)
		snprintf(text, size, "finishing");
	else
		snprintf(text, size, "%" PRId64 " requests left, %s", pages,
			 duration_format(took / p->pages * pages, time));
}

static int format(const struct cycle *cycle, int64_t now, char *line, size_t size)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	int64_t done = p->last_page > 0 ? min_i64(p->page, p->last_page) : 0,
		took = max_i64(now - p->began, 1);
	int filled = p->last_page > 0 ? (int)(BAR * done / p->last_page) : 0;
	char bar[BAR + 1], rows[32], rate[32], rest[96], wait[TIME_FORMAT_SIZE];

	if (p->total < 0)
		return snprintf(line, size, "%s: %s", cycle_name(cycle),
				p->retrying ? p->err.text : "asking for the first page");
	for (int i = 0; i < BAR; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR] = '\0';
	if (p->waits_until > now)
		snprintf(rest, sizeof(rest), "waiting %s for the quota",
			 duration_format(p->waits_until - now, wait));
	else
		left(p, now, rest, sizeof(rest));
	return snprintf(line, size, "%s [%s] page %" PRId64 "/%" PRId64 "  %s rows  %s/s  %s",
			cycle_name(cycle), bar, done, p->last_page, grouped(p->rows, rows),
			grouped(p->rows * USEC_PER_SEC / took, rate), rest);
}

/* Without a terminal there is no bar, but a long silence has its reason said. */
static void print_wait(struct progress *progress, const struct cycle *cycle, int64_t now)
{
	int64_t left = cycle_progress(cycle)->waits_until - now;
	char time[TIME_FORMAT_SIZE];

	if (left < LONG_WAIT || now < progress->next)
		return;
	fprintf(stderr, "%s: waiting %s for the quota\n", cycle_name(cycle),
		duration_format(left, time));
	progress->next = now + REPEAT;
}

int64_t progress_draw(struct progress *progress, const struct cycle *cycle, int64_t now)
{
	char line[512];
	int n;

	if (progress->plain)
		print_wait(progress, cycle, now);
	if (!progress->on)
		return progress->plain ? now + LONG_WAIT : TIME_NEVER;
	if (now < progress->next)
		return progress->next;
	n = format(cycle, now, line, sizeof(line));
	/* The rest of a longer line before it is overwritten with blanks. */
	fprintf(stderr, "\r%s%*s", line, progress->drawn > n ? progress->drawn - n : 0, "");
	fflush(stderr);
	progress->drawn = n;
	progress->next = now + INTERVAL;
	return progress->next;
}

void progress_end(struct progress *progress)
{
	if (progress->drawn > 0)
		fprintf(stderr, "\r%*s\r", progress->drawn, "");
	progress->drawn = 0;
}
