/* SPDX-License-Identifier: MIT */
/* Pages that overlap: how many there are, and when they join. */
#include "unit.h"

#include "overlap.h"

/* Row I of a list that goes by update, the newest first. */
static struct row row(int i)
{
	return (struct row){ .id = (uint64_t)i + 1,
			     .created_at = 100 + i * 37 % 97,
			     .updated_at = 100000 - i * 10 };
}

/* The page that REQUEST asks for, of a list whose rows are those from FIRST to FIRST + TOTAL - 1. */
static void serve(const struct request *request, int first, int total, struct page *page)
{
	int from = (request->page - 1) * request->per_page;

	*page = (struct page){ .total = total,
			       .page = request->page,
			       .per_page = request->per_page };
	for (int i = from; i < from + request->per_page && i < total; i++)
		page->rows[page->n++] = row(first + i);
}

static void each_page_shows_a_row_of_the_one_before_to_the_end(void **fixture)
{
	static struct page page;
	static const bool none[PAGE_ROWS_MOST];

	(void)fixture;
	for (int backwards = 0; backwards < 2; backwards++) {
		for (int total = 1; total < 700; total += 13) {
			struct request request;
			struct overlap overlap;
			int pages = 0;

			overlap_begin(&overlap, 100, backwards);
			do {
				overlap_ask(&overlap, total, &request);
				assert_in_range(request.per_page, 1, 100);
				serve(&request, 0, total, &page);
				assert_int_equal(overlap_take(&overlap, &page, none, 0),
						 OVERLAP_JOINED);
				assert_true(pages == 0 || overlap.overlap >= 2);
				overlap_advance(&overlap, &page, false);
				assert_in_range(++pages, 1, 20);
			} while (!overlap_at_end(&overlap, &page));
			assert_int_equal(pages, overlap_pages(total, total, 100, backwards));
		}
	}
}

static void so_many_pages_show_so_many_rows(void **fixture)
{
	static const struct {
		int64_t total, rows, pages;
		bool backwards;
	} table[] = {
		{ 0, 0, 1, false },	    { 1, 0, 1, false },	     { 100, 100, 1, false },
		{ 1000, 0, 1, false },	    { 1000, 99, 1, false },  { 1000, 100, 2, false },
		{ 1000, 195, 2, false },    { 1000, 196, 3, false }, { 1000, 0, 1, true },
		{ 1000, 99, 1, true },	    { 1005, 5, 2, true },    { 1005, 4, 1, true },
		{ 1000000, 600, 7, false },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_int_equal(overlap_pages(table[i].total, table[i].rows, 100,
					       table[i].backwards),
				 table[i].pages);
}

/* So many rows have left where we had been, or have come there. */
static enum overlap_fit moved_by(int left, bool twice)
{
	static struct page page;
	static const bool none[PAGE_ROWS_MOST];
	struct request request;
	struct overlap overlap;
	enum overlap_fit fit;

	overlap_begin(&overlap, 100, false);
	overlap_ask(&overlap, 1000, &request);
	serve(&request, 0, 1000, &page);
	assert_int_equal(overlap_take(&overlap, &page, none, 0), OVERLAP_JOINED);
	overlap_advance(&overlap, &page, false);
	overlap_ask(&overlap, 1000, &request);
	serve(&request, left, 1000 - left, &page);
	fit = overlap_take(&overlap, &page, none, 0);
	if (!twice || fit != OVERLAP_APART)
		return fit;
	overlap_step_back(&overlap, 1000 - left);
	overlap_ask(&overlap, 1000 - left, &request);
	serve(&request, left, 1000 - left, &page);
	return overlap_take(&overlap, &page, none, 0);
}

static void pages_that_came_apart_join_a_step_back(void **fixture)
{
	(void)fixture;
	assert_int_equal(moved_by(0, false), OVERLAP_JOINED);
	assert_int_equal(moved_by(1, false), OVERLAP_JOINED);
	assert_int_equal(moved_by(2, false), OVERLAP_APART);
	assert_int_equal(moved_by(50, false), OVERLAP_APART);
	assert_int_equal(moved_by(2, true), OVERLAP_JOINED);
	assert_int_equal(moved_by(50, true), OVERLAP_JOINED);
}

/* Rows that changed are no joint: they may stand anywhere. */
static void only_an_unchanged_row_joins(void **fixture)
{
	static struct page page;
	static const bool none[PAGE_ROWS_MOST];
	struct request request;
	struct overlap overlap;

	(void)fixture;
	overlap_begin(&overlap, 100, false);
	overlap_ask(&overlap, 1000, &request);
	serve(&request, 0, 1000, &page);
	assert_int_equal(overlap_take(&overlap, &page, none, 0), OVERLAP_JOINED);
	overlap_advance(&overlap, &page, false);
	overlap_ask(&overlap, 1000, &request);
	serve(&request, 0, 1000, &page);
	for (int i = 0; i < 2; i++)
		page.rows[i].updated_at += 5000;
	assert_int_equal(overlap_take(&overlap, &page, none, 0), OVERLAP_APART);
}

/* All that is repeated has the time of the outermost row, which may stand elsewhere at each request. */
static void rows_of_one_second_are_no_firm_joint(void **fixture)
{
	static struct page page;
	static const bool none[PAGE_ROWS_MOST];

	(void)fixture;
	for (int moved = 0; moved < 2; moved++) {
		struct request request;
		struct overlap overlap;

		overlap_begin(&overlap, 100, false);
		for (int pages = 0; pages < 2; pages++) {
			overlap_ask(&overlap, 1000, &request);
			serve(&request, 0, 1000, &page);
			for (int i = 0; i < page.n; i++)
				page.rows[i].updated_at = page.rows[i].created_at = 5000;
			assert_int_equal(overlap_take(&overlap, &page, none, 0), OVERLAP_JOINED);
			overlap_advance(&overlap, &page, moved);
		}
		assert_false(overlap.firm);
		assert_int_equal(overlap.tied, moved);
	}
}

/* Read backwards, a list begins at its last page, wherever that is by now. */
static void the_last_page_is_found(void **fixture)
{
	static struct page page;
	static const bool none[PAGE_ROWS_MOST];
	struct request request;
	struct overlap overlap;

	(void)fixture;
	overlap_begin(&overlap, 100, true);
	overlap_ask(&overlap, 250, &request);
	assert_int_equal(request.page, 3);
	serve(&request, 0, 1000, &page);
	assert_int_equal(overlap_take(&overlap, &page, none, 0), OVERLAP_ELSEWHERE);
	overlap_ask(&overlap, 1000, &request);
	assert_int_equal(request.page, 10);
	serve(&request, 0, 1000, &page);
	assert_int_equal(overlap_take(&overlap, &page, none, 0), OVERLAP_JOINED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_page_shows_a_row_of_the_one_before_to_the_end),
		cmocka_unit_test(so_many_pages_show_so_many_rows),
		cmocka_unit_test(pages_that_came_apart_join_a_step_back),
		cmocka_unit_test(only_an_unchanged_row_joins),
		cmocka_unit_test(rows_of_one_second_are_no_firm_joint),
		cmocka_unit_test(the_last_page_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
