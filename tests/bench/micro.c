/* SPDX-License-Identifier: MIT */
/*
 * micro.c -- the work of one kind, over and over, to be counted by callgrind.
 *
 * Pages are made up, the same ones every time, so that the counts do not
 * depend on a clock, a server or a machine. Each kind is a function that
 * callgrind starts and stops counting at (--toggle-collect); `./dev
 * instructions` compares what it counts with what is written down.
 *
 * usage: micro decode|encode|sweep PAGES
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "engine.h"
#include "mem.h"
#include "time_format.h"

#define ROWS 100
#define TOTAL 1000000
#define NOON INT64_C(1710504000000000) /* 2024-03-15T12:00:00Z */
#define BATCH 3000

__attribute__((noinline)) void count_decode(struct decode *decode, const struct buf *body,
					    struct stage *stage);
__attribute__((noinline)) void count_encode(const struct item *item, struct stage *stage, int n);
__attribute__((noinline)) void count_sweep(struct engine *engine, struct page *page, int pages);

static void die(const char *what)
{
	fprintf(stderr, "micro: %s\n", what);
	exit(1);
}

/* When the conversation at that place of the list was updated; seconds tie now and then. */
static int64_t updated(int place)
{
	return NOON - (int64_t)place * 700 * USEC_PER_MSEC / USEC_PER_SEC * USEC_PER_SEC;
}

/* A page as the API writes it: a third of the rows with a team, two of three assigned. */
static void write_page(struct buf *out, int number)
{
	char at[TIME_FORMAT_SIZE];

	buf_reset(out);
	buf_str(out, "{\"data\":[");
	for (int i = 0; i < ROWS; i++) {
		int n = (number - 1) * ROWS + i;

		time_format(updated(n), at);
		buf_printf(
			out,
			"%s{\"id\":\"conv_01HQ%08d\",\"status\":\"%s\",\"channel\":{\"id\":\"ch_%"
			"d\","
			"\"type\":\"whatsapp\",\"name\":\"Toko %d\"},\"contact\":{\"id\":\"ct_%d\","
			"\"name\":\"Budi Santoso %d\",\"phone\":\"+62812%07d\"},",
			i ? "," : "", n, n % 30 ? "resolved" : "open", n % 5, n % 5, n / 2, n, n);
		if (n % 3)
			buf_printf(out,
				   "\"assignee\":{\"id\":\"ag_%d\",\"name\":\"Siti Rahayu %d\"},",
				   n % 12, n % 12);
		else
			buf_str(out,
				"\"assignee\":null,\"team\":{\"id\":\"tm_1\",\"name\":\"Retur\"},");
		buf_printf(out, "\"labels\":[%s],\"created_at\":\"%s\",\"updated_at\":\"%s\"}",
			   n % 2 ? "\"refund\",\"vip\"" : "", at, at);
	}
	buf_printf(out, "],\"meta\":{\"page\":%d,\"per_page\":%d,\"total\":%d,\"total_pages\":%d}}",
		   number, ROWS, TOTAL, TOTAL / ROWS);
}

void count_decode(struct decode *decode, const struct buf *body, struct stage *stage)
{
	static struct page page;

	page = (struct page){ .date = NOON, .page = 1, .per_page = ROWS };
	if (!decode_page(decode, body->data, body->len, stage, &page) || page.n != ROWS)
		die(decode_error(decode)->text);
}

static void run_decode(int pages)
{
	CLEANUP(buf_free) struct buf body = BUF_MAX(1u << 20);
	CLEANUP(decode_free) struct decode *decode = NULL;
	CLEANUP(stage_free) struct stage *stage = stage_new();
	struct item_privacy everything = { .drop_name = false };

	decode = decode_new(&everything);
	stage_reset(stage, NOON);
	for (int number = 1; number <= pages; number++) {
		write_page(&body, number);
		count_decode(decode, &body, stage);
		if (stage_rows(stage) >= BATCH)
			stage_reset(stage, NOON);
	}
}

void count_encode(const struct item *item, struct stage *stage, int n)
{
	struct origin origin = { .page = 1, .observed_at = NOON };

	for (int i = 0; i < n; i++)
		stage_item(stage, item, &origin);
}

static void run_encode(int pages)
{
	CLEANUP(stage_free) struct stage *stage = stage_new();
	char contact[32];
	struct item item = {
		.id = "conv_01HQ00000001",
		.status = "resolved",
		.channel_id = "ch_1",
		.channel_type = "whatsapp",
		.channel_name = "Toko 1",
		.contact_id = contact,
		.contact_name = "Budi Santoso 1",
		.contact_phone = "+628120000001",
		.assignee_id = "ag_1",
		.assignee_name = "Siti Rahayu 1",
		.labels = (const char *const[]){ "refund", "vip" },
		.n_labels = 2,
		.created_at = NOON,
		.updated_at = NOON,
	};

	stage_reset(stage, NOON);
	for (int n = 0; n < pages * ROWS; n++) {
		snprintf(contact, sizeof(contact), "ct_%d", n / 2);
		count_encode(&item, stage, 1);
		if (stage_rows(stage) >= BATCH)
			stage_reset(stage, NOON);
	}
}

/* What a server would answer, at once, to all that a first load asks for until so many pages are read. */
void count_sweep(struct engine *engine, struct page *page, int pages)
{
	struct tally tally = { 0 };
	struct action action;

	for (int staged = 0; pages > 0;) {
		engine_next(engine, staged >= BATCH, &action);
		switch (action.kind) {
		case ACTION_SEND:
			page->page = action.request.page;
			page->n = action.request.per_page;
			page->per_page = action.request.per_page;
			page->total_pages = TOTAL / page->per_page;
			for (int i = 0; i < page->n; i++) {
				int n = (page->page - 1) * page->per_page + i;

				page->rows[i] = (struct row){ .id = (uint64_t)n * 2654435761u + 1,
							      .created_at = updated(n),
							      .updated_at = updated(n) };
			}
			engine_page(engine, page);
			staged += page->n;
			pages--;
			break;
		case ACTION_COMMIT:
			tally.seen = tally.fresh = staged;
			tally.live += staged;
			engine_committed(engine, &tally);
			staged = 0;
			break;
		default:
			die("the sweep wants something else");
		}
	}
}

static void run_sweep(int pages)
{
	static struct engine engine;
	static struct page page = { .date = NOON, .total = TOTAL };
	struct engine_conf conf = { .kind = CYCLE_FULL, .ahead = 1, .lookback_most = USEC_PER_SEC };
	struct workspace_state state = {
		.watermark = TIME_NONE,
		.complete_as_of = TIME_NONE,
		.active_as_of = TIME_NONE,
		.certified_at = TIME_NONE,
		.lookback = USEC_PER_SEC,
		.per_page = PER_PAGE_MOST,
		.tried_at = TIME_NONE,
		.needs_full = FULL_FIRST_LOAD,
	};

	engine_begin(&engine, &conf, &state);
	count_sweep(&engine, &page, pages);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int pages);
	} kinds[] = { { "decode", run_decode }, { "encode", run_encode }, { "sweep", run_sweep } };

	for (size_t i = 0; argc == 3 && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, argv[1]) == 0) {
			kinds[i].run(atoi(argv[2]));
			return 0;
		}
	die("usage: micro decode|encode|sweep PAGES");
	return 1;
}
