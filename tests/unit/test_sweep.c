/* SPDX-License-Identifier: MIT */
/* A listing read page by page, from a list in memory that may change and lie while it is read. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

#define SECOND USEC_PER_SEC
#define NOW (INT64_C(1000000) * SECOND)
#define LOOKBACK (120 * SECOND)
#define MOST_ROWS 3000
#define MOST_IDS 8000
#define MOST_FLYING 16

/* More requests than any sweep of these lists may take. */
#define ENDLESS 3000

/* ---- the far side ------------------------------------------------------------ */

struct list {
	struct row rows[MOST_ROWS];
	int n;
	int cap;     /* rows of a page, at most; 0: as many as are asked for */
	bool silent; /* about how many there are to a page */
	bool undated;
	int64_t lie;	     /* added to the total */
	int total_pages;     /* said instead of the truth, unless 0 */
	bool stuck;	     /* answers with page 1 whatever was asked */
	bool seen[MOST_IDS]; /* which ids were shown to the sweep */
	uint64_t chance;
	uint64_t next_id;
};

static struct list list;

/* A number below N, the same ones in each run. */
static int chance(int n)
{
	list.chance = list.chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((list.chance >> 33) % (uint64_t)n);
}

/* N rows, the latest change first, all of them older than the lookback. */
static void make_list(int n, uint64_t seed)
{
	list = (struct list){ .n = n, .chance = seed * 7919 + 1, .next_id = (uint64_t)n };
	for (int i = 0; i < n; i++)
		list.rows[i] = (struct row){
			.id = (uint64_t)i,
			.updated_at = NOW - LOOKBACK - (i + 1) * 10 * SECOND,
			.created_at = NOW - 900000 * SECOND + chance(800000) * SECOND,
		};
}

static void serve(const struct request *request, struct page *page)
{
	int per = list.cap && list.cap < request->per_page ? list.cap : request->per_page;
	int number = list.stuck ? 1 : request->page;
	int64_t from = (int64_t)(number - 1) * per;

	page->date = list.undated ? TIME_NONE : NOW;
	page->total = list.n + list.lie > 0 ? list.n + list.lie : 0;
	page->page = request->page;
	page->per_page = list.silent ? request->per_page : per;
	page->total_pages =
		list.total_pages ? list.total_pages : (int)((page->total + per - 1) / per);
	page->n = 0;
	for (int64_t i = from; i < from + per && i < list.n; i++) {
		list.seen[list.rows[i].id] = true;
		page->rows[page->n++] = list.rows[i];
	}
}

static void remove_at(int at)
{
	list.n--;
	memmove(&list.rows[at], &list.rows[at + 1], (size_t)(list.n - at) * sizeof(list.rows[0]));
}

static void insert_at(int at, const struct row *row)
{
	memmove(&list.rows[at + 1], &list.rows[at], (size_t)(list.n - at) * sizeof(list.rows[0]));
	list.rows[at] = *row;
	list.n++;
}

/* A conversation that begins now. */
static void arrive(void)
{
	struct row row = { .id = list.next_id++, .created_at = NOW, .updated_at = NOW };

	insert_at(0, &row);
}

/* One that changes now goes to the top. */
static void change(int at)
{
	struct row row = list.rows[at];

	remove_at(at);
	row.updated_at = NOW;
	insert_at(0, &row);
}

/* ---- reading it --------------------------------------------------------------- */

static struct sweep_plan a_plan(void)
{
	return (struct sweep_plan){ .per_page = 100,
				    .order = ORDER_UNKNOWN,
				    .floor = TIME_NONE,
				    .lookback = LOOKBACK,
				    .ahead = 1 };
}

static struct sweep_plan from_behind(int expected)
{
	struct sweep_plan plan = a_plan();

	plan.backwards = true;
	plan.expected = expected;
	return plan;
}

/* What is asked for and not answered, the oldest first. */
struct flight {
	struct request requests[MOST_FLYING];
	int n;
};

static void send_all(struct sweep *sweep, struct flight *flight)
{
	struct request request;

	while (sweep_next(sweep, &request)) {
		assert_in_range(request.page, 1, INT32_MAX);
		assert_in_range(request.per_page, 1, PER_PAGE_MOST);
		assert_in_range(flight->n, 0, MOST_FLYING - 1);
		flight->requests[flight->n++] = request;
	}
}

/* Answers the oldest request. False when there is none. */
static bool answer_one(struct sweep *sweep, struct flight *flight, struct request *request)
{
	static struct page page;

	if (flight->n == 0)
		return false;
	*request = flight->requests[0];
	flight->n--;
	memmove(flight->requests, flight->requests + 1,
		(size_t)flight->n * sizeof(flight->requests[0]));
	serve(request, &page);
	sweep_take(sweep, &page);
	return true;
}

/* Reads until the sweep is over, or STEPS pages were taken; WHILE happens before each of them. */
static void drive(struct sweep *sweep, int steps, void (*meanwhile)(int step))
{
	struct flight flight = { .n = 0 };
	struct request request;

	for (int step = 0; step < steps && !sweep_done(sweep); step++) {
		assert_in_range(step, 0, ENDLESS);
		if (meanwhile)
			meanwhile(step);
		send_all(sweep, &flight);
		assert_in_range(flight.n, 0, sweep->plan.ahead + MOST_FLYING / 2);
		if (!answer_one(sweep, &flight, &request))
			fail_msg("the sweep neither goes on nor ends (page %d)", sweep->page);
	}
}

static enum sweep_end read_all(struct sweep *sweep, const struct sweep_plan *plan,
			       void (*meanwhile)(int step))
{
	sweep_begin(sweep, plan);
	drive(sweep, ENDLESS + 1, meanwhile);
	assert_true(sweep_done(sweep));
	return sweep->end;
}

/* How many of the rows that are in the list, and were in it at first, were not shown. */
static int missing(int at_first)
{
	int n = 0;

	for (int i = 0; i < list.n; i++)
		n += list.rows[i].id < (uint64_t)at_first && !list.seen[list.rows[i].id];
	return n;
}

/* ---- a list that stands still --------------------------------------------------- */

static const int sizes[] = { 1, 2, 99, 100, 101, 199, 200, 250, 1000, 2345 };

static void forwards_every_row_is_read_once(void **fixture)
{
	struct sweep sweep;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (int ahead = 1; ahead <= 8; ahead *= 2) {
			struct sweep_plan plan = a_plan();

			plan.ahead = ahead;
			make_list(sizes[i], i);
			assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_ALL);
			assert_int_equal(missing(sizes[i]), 0);
			assert_int_equal(sweep.rows, sizes[i]);
			assert_int_equal(sweep.repeats, 0);
			assert_int_equal(sweep.stepped_back, 0);
			assert_false(sweep.moved);
			assert_int_equal(sweep.pages, sweep_pages(sizes[i], 100));
		}
	}
}

static void backwards_every_row_is_read_whatever_was_expected(void **fixture)
{
	struct sweep sweep;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const int expected[] = { sizes[i],     0,      1, sizes[i] / 2, sizes[i] + 1,
					 2 * sizes[i], 1000000 };

		for (size_t j = 0; j < ARRAY_SIZE(expected); j++) {
			struct sweep_plan plan = from_behind(expected[j]);

			plan.ahead = 1 + (int)j;
			make_list(sizes[i], i);
			assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_ALL);
			assert_int_equal(missing(sizes[i]), 0);
			assert_true(sweep.begun);
			assert_int_equal(sweep.first_total, sizes[i]);
		}
	}
}

static void an_empty_list_is_read_in_one_page(void **fixture)
{
	struct sweep_plan plans[] = { a_plan(), from_behind(0), from_behind(500), a_plan() };
	struct sweep sweep;

	(void)fixture;
	plans[3].overlap = true;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		make_list(0, 1);
		assert_int_equal(read_all(&sweep, &plans[i], NULL), SWEEP_ALL);
		assert_int_equal(sweep.rows, 0);
		assert_true(sweep.pages <= 2);
		assert_int_equal(sweep.first_total, 0);
	}
}

static void what_the_first_response_said_is_kept(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	make_list(300, 1);
	list.rows[0].updated_at = NOW;
	list.rows[0].created_at = NOW;
	list.rows[1].created_at = NOW - LOOKBACK;
	list.rows[2].created_at = NOW - LOOKBACK - 1;
	read_all(&sweep, &plan, NULL);
	assert_int_equal(sweep.started, NOW);
	assert_int_equal(sweep.first_total, 300);
	assert_int_equal(sweep.newest, NOW);
	assert_int_equal(sweep.recent, 2);
}

static void without_a_date_nothing_is_claimed(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	make_list(300, 1);
	list.undated = true;
	assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_ALL);
	assert_int_equal(sweep.started, TIME_NONE);
	assert_int_equal(sweep.recent, 0);
	assert_int_equal(sweep.watch.evidence.pairs, 0);
}

static void the_evidence_proves_the_order_it_was_read_in(void **fixture)
{
	struct sweep_plan plans[] = { a_plan(), from_behind(1000) };
	struct sweep sweep;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		make_list(1000, 3);
		read_all(&sweep, &plans[i], NULL);
		assert_int_equal(order_proven(&sweep.watch.evidence), ORDER_UPDATED_DESC);
		assert_true(sweep.watch.evidence.pairs >= 990);
	}
}

static void a_copy_goes_on_as_the_original_does(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep, copy;

	(void)fixture;
	make_list(1000, 1);
	sweep_begin(&sweep, &plan);
	drive(&sweep, 4, NULL);
	copy = sweep;
	drive(&sweep, ENDLESS, NULL);
	drive(&copy, ENDLESS, NULL);
	assert_int_equal(copy.end, sweep.end);
	assert_int_equal(copy.rows, sweep.rows);
	assert_int_equal(copy.pages, sweep.pages);
}

/* ---- how it asks ----------------------------------------------------------------- */

static void before_the_first_reply_only_one_page_is_asked_for(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct flight flight = { .n = 0 };
	struct request request;
	struct sweep sweep;

	(void)fixture;
	make_list(1000, 1);
	plan.ahead = 8;
	sweep_begin(&sweep, &plan);
	send_all(&sweep, &flight);
	assert_int_equal(flight.n, 1);
	assert_int_equal(flight.requests[0].page, 1);
	assert_true(answer_one(&sweep, &flight, &request));
	send_all(&sweep, &flight);
	assert_int_equal(flight.n, 8);
	for (int i = 0; i < 8; i++)
		assert_int_equal(flight.requests[i].page, i + 2);
}

static void pages_behind_the_end_are_not_asked_for(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct flight flight = { .n = 0 };
	struct request request;
	struct sweep sweep;

	(void)fixture;
	make_list(250, 1);
	plan.ahead = 8;
	sweep_begin(&sweep, &plan);
	send_all(&sweep, &flight);
	assert_true(answer_one(&sweep, &flight, &request));
	send_all(&sweep, &flight);
	assert_int_equal(flight.n, 2);
	assert_int_equal(flight.requests[1].page, 3);
}

static void what_is_in_flight_at_the_end_is_waited_for(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct flight flight = { .n = 0 };
	struct request request;
	struct sweep sweep;

	(void)fixture;
	make_list(1000, 1);
	plan.ahead = 4;
	sweep_begin(&sweep, &plan);
	send_all(&sweep, &flight);
	assert_true(answer_one(&sweep, &flight, &request));
	send_all(&sweep, &flight);
	list.n = 100; /* nine of ten are gone */
	assert_true(answer_one(&sweep, &flight, &request));
	assert_int_equal(sweep.end, SWEEP_LOST);
	assert_false(sweep_done(&sweep));
	assert_false(sweep_next(&sweep, &request));
	while (answer_one(&sweep, &flight, &request))
		assert_int_equal(sweep.end, SWEEP_LOST);
	assert_true(sweep_done(&sweep));
}

static void requests_carry_the_filter(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct request request;
	struct sweep sweep;

	(void)fixture;
	plan.filter = (struct filter){ .status = STATUS_OPEN, .channel = 3, .assignee = -1 };
	sweep_begin(&sweep, &plan);
	assert_true(sweep_next(&sweep, &request));
	assert_int_equal(request.kind, REQUEST_LIST);
	assert_int_equal(request.filter.status, STATUS_OPEN);
	assert_int_equal(request.filter.channel, 3);
	assert_int_equal(request.filter.assignee, -1);
}

static void so_many_rows_take_so_many_pages(void **fixture)
{
	(void)fixture;
	assert_int_equal(sweep_pages(0, 100), 1);
	assert_int_equal(sweep_pages(1, 100), 1);
	assert_int_equal(sweep_pages(100, 100), 1);
	assert_int_equal(sweep_pages(101, 100), 2);
	assert_int_equal(sweep_pages(5, 1), 5);
	assert_int_equal(sweep_pages(-5, 100), 1);
}

/* ---- a server that does smaller pages ------------------------------------------------ */

static void smaller_pages_are_followed_when_they_are_announced(void **fixture)
{
	static const int caps[] = { 1, 7, 25, 50, 99 };
	struct sweep sweep;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++) {
		struct sweep_plan plans[] = { a_plan(), from_behind(333), from_behind(0),
					      from_behind(5000) };

		for (size_t j = 0; j < ARRAY_SIZE(plans); j++) {
			make_list(333, 1);
			list.cap = caps[i];
			plans[j].ahead = 1 + (int)j;
			assert_int_equal(read_all(&sweep, &plans[j], NULL), SWEEP_ALL);
			assert_int_equal(missing(333), 0);
			assert_int_equal(sweep.per_page, caps[i]);
		}
	}
}

static void smaller_pages_are_noticed_when_they_are_not(void **fixture)
{
	static const int caps[] = { 7, 25, 50, 99 };
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++) {
		make_list(333, 1);
		list.cap = caps[i];
		list.silent = true;
		assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_ALL);
		assert_int_equal(missing(333), 0);
	}
}

static void smaller_pages_are_noticed_from_behind_too(void **fixture)
{
	static const int caps[] = { 7, 25, 50, 99 };
	struct sweep_plan plans[] = { from_behind(333), from_behind(0) };
	struct sweep sweep;

	(void)fixture;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(caps); i++) {
		make_list(333, 1);
		list.cap = caps[i / 2];
		list.silent = true;
		if (read_all(&sweep, &plans[i % 2], NULL) == SWEEP_ALL)
			assert_int_equal(missing(333), 0);
	}
}

static void lower_the_cap(int step)
{
	if (step == 3)
		list.cap = 40;
}

static void check_smaller_in_the_middle(struct sweep_plan plan)
{
	struct sweep sweep;

	make_list(1000, 1);
	plan.ahead = 3;
	assert_int_equal(read_all(&sweep, &plan, lower_the_cap), SWEEP_ALL);
	assert_int_equal(missing(1000), 0);
	assert_int_equal(sweep.per_page, 40);
}

static void pages_may_become_smaller_in_the_middle(void **fixture)
{
	(void)fixture;
	check_smaller_in_the_middle(a_plan());
}

static void pages_may_become_smaller_in_the_middle_from_behind(void **fixture)
{
	(void)fixture;
	check_smaller_in_the_middle(from_behind(1000));
}

/* ---- totals that lie -------------------------------------------------------------------- */

static void a_total_that_promises_too_much_ends_at_an_empty_page(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	make_list(300, 1);
	list.lie = 50;
	assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_SHALLOW);
	assert_int_equal(sweep.reach, 300);
	assert_int_equal(missing(300), 0);
	make_list(300, 1);
	list.lie = 300;
	read_all(&sweep, &plan, NULL);
	assert_int_equal(missing(300), 0);
}

static void a_total_that_promises_too_little_is_not_believed_alone(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	make_list(1000, 1);
	list.lie = -600;
	list.total_pages = 10;
	assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_ALL);
	assert_int_equal(missing(1000), 0);
}

static void halve(int step)
{
	if (step == 2)
		list.n = list.n / 2 - 1;
}

static void a_total_that_halves_makes_no_sense(void **fixture)
{
	struct sweep_plan plans[] = { a_plan(), from_behind(1000) };
	struct sweep sweep;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		make_list(1000, 1);
		assert_int_equal(read_all(&sweep, &plans[i], halve), SWEEP_LOST);
	}
}

static void flap_a_little(int step)
{
	list.lie = step % 2 ? 0 : -1;
}

static void flap_a_lot(int step)
{
	list.lie = step % 2 ? 0 : -400;
}

static void check_flapping(void (*flap)(int step))
{
	struct sweep_plan plans[] = { a_plan(), from_behind(1000), a_plan() };
	struct sweep sweep;

	plans[2].overlap = true;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		make_list(1000, 1);
		sweep_begin(&sweep, &plans[i]);
		drive(&sweep, 300, flap);
		assert_true(sweep_done(&sweep));
	}
}

/* As two machines behind one name do, of which one is a little behind the other. */
static void totals_that_differ_from_one_answer_to_the_next_come_to_an_end(void **fixture)
{
	(void)fixture;
	check_flapping(flap_a_little);
	check_flapping(flap_a_lot);
}

static void grow(int step)
{
	(void)step;
	list.lie += 1000;
}

static void pages_without_end_make_no_sense(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	make_list(MOST_ROWS, 1);
	list.stuck = true;
	assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_LOST);
	make_list(0, 1);
	assert_int_equal(read_all(&sweep, &plan, grow), SWEEP_ALL);
}

/* As many come as are read. */
static void run_ahead(int step)
{
	(void)step;
	list.lie += PER_PAGE_MOST;
}

static void a_total_that_runs_ahead_of_its_reader_makes_no_sense(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	make_list(MOST_ROWS, 1);
	list.lie = 1000000;
	assert_int_equal(read_all(&sweep, &plan, run_ahead), SWEEP_LOST);
	assert_in_range(sweep.pages, 20, 24);
}

static void pages_that_repeat_for_ever_make_no_sense(void **fixture)
{
	struct sweep_plan plans[] = { a_plan(), from_behind(1000), a_plan() };
	struct sweep sweep;

	(void)fixture;
	plans[2].overlap = true;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		make_list(1000, 1);
		list.stuck = true;
		assert_int_equal(read_all(&sweep, &plans[i], NULL), SWEEP_LOST);
		assert_true(sweep.pages < 60);
	}
}

/* A total that nothing stands behind costs a few empty pages, not as many as it promises. */
static void empty_pages_where_the_total_has_rows_end_the_list(void **fixture)
{
	struct sweep_plan plan = from_behind(1000250);
	struct sweep sweep;

	(void)fixture;
	make_list(250, 1);
	list.lie = 1000000;
	assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_SHALLOW);
	assert_int_equal(sweep.reach, 250);
	assert_true(sweep.pages < 10);
}

/* ---- rows that come and go ----------------------------------------------------------------- */

static void lose_some_in_front(int step)
{
	for (int i = chance(4) * 40; i > 0 && step % 3 == 1 && list.n > 600; i--)
		remove_at(chance(list.n < 300 ? list.n : 300));
}

/* Rows that leave where we had been pull others over the edge of the page. */
static void when_the_total_falls_it_steps_back(void **fixture)
{
	struct sweep sweep;
	int stepped = 0;

	(void)fixture;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct sweep_plan plan = seed % 2 ? from_behind(1200) : a_plan();

		plan.ahead = 1 + (int)seed % 5;
		make_list(1200, seed);
		assert_int_equal(read_all(&sweep, &plan, lose_some_in_front), SWEEP_ALL);
		assert_int_equal(missing(1200), 0);
		stepped += sweep.stepped_back;
	}
	assert_true(stepped > 0);
}

static void some_arrive(int step)
{
	for (int i = chance(3) * 30; i > 0 && step % 3 == 1 && list.n < 2000; i--)
		arrive();
}

static void when_rows_arrive_none_that_was_there_is_missed(void **fixture)
{
	struct sweep sweep;
	int moved = 0;

	(void)fixture;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct sweep_plan plan = seed % 2 ? from_behind(1000) : a_plan();

		plan.ahead = 1 + (int)seed % 5;
		make_list(1000, seed);
		assert_int_equal(read_all(&sweep, &plan, some_arrive), SWEEP_ALL);
		assert_int_equal(missing(1000), 0);
		moved += sweep.moved;
	}
	assert_true(moved > 0);
}

static void one_leaves(int step)
{
	if (step == 3)
		remove_at(0);
}

static void that_rows_moved_is_noted(void **fixture)
{
	struct sweep_plan plan = a_plan(), overlapping = a_plan();
	struct sweep sweep;

	(void)fixture;
	make_list(1000, 1);
	read_all(&sweep, &plan, one_leaves);
	assert_true(sweep.moved);
	assert_true(sweep.stepped_back > 0);
	assert_true(sweep.repeats > 0);
	overlapping.overlap = true;
	make_list(1000, 1);
	read_all(&sweep, &overlapping, one_leaves);
	assert_true(sweep.moved);
	make_list(1000, 1);
	read_all(&sweep, &overlapping, NULL);
	assert_false(sweep.moved);
}

/* ---- an order that is relied on ---------------------------------------------------------------- */

static void swap(int a, int b)
{
	struct row row = list.rows[a];

	list.rows[a] = list.rows[b];
	list.rows[b] = row;
}

static void unswap(int step)
{
	if (step == 3)
		swap(250, 251);
}

static void a_page_out_of_order_is_read_once_more(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	plan.order = ORDER_UPDATED_DESC;
	make_list(1000, 1);
	swap(250, 251);
	assert_int_equal(read_all(&sweep, &plan, unswap), SWEEP_ALL);
	assert_int_equal(sweep.plan.order, ORDER_UPDATED_DESC);
	assert_int_equal(sweep.pages, 11);
	assert_int_equal(missing(1000), 0);
	assert_false(order_contradicted(&sweep.watch.evidence, ORDER_UPDATED_DESC));
}

static void an_order_that_does_not_hold_is_given_up_and_all_is_read(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep;

	(void)fixture;
	plan.order = ORDER_UPDATED_DESC;
	make_list(1000, 1);
	swap(250, 251);
	assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_ALL);
	assert_int_equal(sweep.plan.order, ORDER_UNKNOWN);
	assert_int_equal(missing(1000), 0);
	assert_true(order_contradicted(&sweep.watch.evidence, ORDER_UPDATED_DESC));
}

/* ---- scans ---------------------------------------------------------------------------------------- */

static struct sweep_plan a_scan(int64_t floor)
{
	struct sweep_plan plan = a_plan();

	plan.order = ORDER_UPDATED_DESC;
	plan.overlap = true;
	plan.floor = floor;
	plan.expected = 1000;
	return plan;
}

/* How many rows at or above the floor were not shown, of those that have not changed since. */
static int missing_above(int64_t floor)
{
	int n = 0;

	for (int i = 0; i < list.n; i++)
		n += list.rows[i].updated_at >= floor && list.rows[i].updated_at < NOW &&
		     !list.seen[list.rows[i].id];
	return n;
}

static void a_scan_stops_at_the_first_page_that_is_old_enough(void **fixture)
{
	struct sweep sweep;

	(void)fixture;
	make_list(1000, 1);
	for (int at = 5; at < 1000; at += 97) {
		int64_t floor = list.rows[at].updated_at;
		struct sweep_plan plan = a_scan(floor);

		memset(list.seen, 0, sizeof(list.seen));
		assert_int_equal(read_all(&sweep, &plan, NULL), at < 999 ? SWEEP_FLOOR : SWEEP_ALL);
		assert_int_equal(missing_above(floor), 0);
		assert_true(sweep.oldest < floor);
		assert_true(sweep.rows < at + 220);
	}
}

static void a_scan_whose_floor_is_never_reached_reads_everything(void **fixture)
{
	struct sweep_plan plan = a_scan(0);
	struct sweep sweep;

	(void)fixture;
	make_list(400, 1);
	assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_ALL);
	assert_int_equal(missing(400), 0);
}

static void a_scan_of_a_list_out_of_order_ends_in_disorder(void **fixture)
{
	struct sweep sweep;

	(void)fixture;
	make_list(1000, 1);
	for (int at = 3; at < 90; at += 20) {
		struct sweep_plan plan = a_scan(list.rows[500].updated_at);

		swap(at, at + 1);
		assert_int_equal(read_all(&sweep, &plan, NULL), SWEEP_DISORDER);
		swap(at, at + 1);
	}
}

static void things_happen(int step)
{
	(void)step;
	for (int i = chance(12); i > 0; i--) {
		if (chance(4) == 0 && list.n < MOST_ROWS - 1)
			arrive();
		else if (chance(6) == 0 && list.n > 700)
			remove_at(chance(list.n));
		else
			change(chance(list.n));
	}
}

/*
 * While conversations change, come and go: a scan that reached its floor, and
 * is not shaky, saw each row that stayed where it was.
 */
static void a_scan_misses_nothing_while_the_list_moves(void **fixture)
{
	struct sweep sweep;
	int reached = 0;

	(void)fixture;
	for (uint64_t seed = 0; seed < 150; seed++) {
		int64_t floor;
		struct sweep_plan plan;

		make_list(1000, seed);
		floor = list.rows[50 + chance(900)].updated_at;
		plan = a_scan(floor);
		plan.per_page = 10 + chance(91);
		read_all(&sweep, &plan, things_happen);
		if (sweep.end != SWEEP_FLOOR || sweep_shaky(&sweep))
			continue;
		assert_int_equal(missing_above(floor), 0);
		reached++;
	}
	assert_true(reached > 75);
}

/* Only what was shown already changes, so that nothing jumps from where we have not been. */
static void things_happen_behind_us(int step)
{
	int n = 0;

	(void)step;
	while (n < list.n && list.seen[list.rows[n].id])
		n++;
	for (int i = chance(6); i > 0 && n > 20; i--) {
		if (chance(4) == 0 && list.n < MOST_ROWS - 1)
			arrive();
		else
			change(chance(n));
	}
}

static void an_overlapping_list_misses_nothing_while_it_moves(void **fixture)
{
	struct sweep sweep;
	int whole = 0;

	(void)fixture;
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct sweep_plan plan = a_plan();

		make_list(800, seed);
		plan.overlap = true;
		plan.order = ORDER_UPDATED_DESC;
		plan.per_page = 10 + chance(91);
		read_all(&sweep, &plan, things_happen_behind_us);
		if (sweep.end != SWEEP_ALL || sweep_shaky(&sweep))
			continue;
		assert_int_equal(missing_above(0), 0);
		whole++;
	}
	assert_true(whole > 50);
}

static void overlapping_pages_show_a_row_of_the_one_before(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct flight flight = { .n = 0 };
	struct request request;
	struct sweep sweep;
	int64_t read = 0;

	(void)fixture;
	make_list(777, 1);
	plan.overlap = true;
	plan.ahead = 8;
	sweep_begin(&sweep, &plan);
	while (!sweep_done(&sweep)) {
		int64_t from, to;

		send_all(&sweep, &flight);
		assert_int_equal(flight.n, 1);
		assert_true(answer_one(&sweep, &flight, &request));
		from = (int64_t)(request.page - 1) * request.per_page;
		to = from + request.per_page;
		assert_true(read == 0 || from < read);
		assert_true(to > read);
		read = to;
	}
	assert_int_equal(sweep.end, SWEEP_ALL);
	assert_int_equal(missing(777), 0);
}

/* ---- after a crash ------------------------------------------------------------------------------------ */

/* Reads STEPS pages, is interrupted, and goes on; joined at once. */
static void interrupt(const struct sweep_plan *plan, int steps, struct sweep *resumed)
{
	struct sweep sweep;
	struct flight flight = { .n = 0 };
	struct request request;

	sweep_begin(&sweep, plan);
	drive(&sweep, steps, NULL);
	sweep_resume(resumed, &sweep);
	assert_false(sweep_done(resumed));
	send_all(resumed, &flight);
	assert_int_equal(flight.n, 1);
	assert_true(answer_one(resumed, &flight, &request));
	assert_true(sweep_joined(resumed, true));
	drive(resumed, ENDLESS + 1, NULL);
}

static void an_interrupted_sweep_goes_on_where_it_stood(void **fixture)
{
	struct sweep_plan plans[] = { a_plan(), from_behind(1000) };
	struct sweep resumed;

	(void)fixture;
	for (int i = 0; i < 18; i++) {
		make_list(1000, 1);
		interrupt(&plans[i % 2], 1 + i / 2, &resumed);
		assert_int_equal(resumed.end, SWEEP_ALL);
		assert_int_equal(missing(1000), 0);
		assert_true(resumed.pages <= 13);
		assert_true(resumed.moved);
	}
}

static void the_page_before_is_read_again_and_is_no_evidence(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep, resumed;
	struct request request;

	(void)fixture;
	make_list(1000, 1);
	sweep_begin(&sweep, &plan);
	drive(&sweep, 5, NULL);
	sweep_resume(&resumed, &sweep);
	assert_true(sweep_next(&resumed, &request));
	assert_int_equal(request.page, 5);
	interrupt(&plan, 5, &resumed);
	assert_true(resumed.watch.evidence.pairs <= 999);
}

static void what_does_not_join_is_read_further_back_to_the_beginning(void **fixture)
{
	struct sweep_plan plans[] = { a_plan(), from_behind(1000) };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		struct flight flight = { .n = 0 };
		struct sweep sweep, resumed;
		struct request request;
		int back = 0;

		make_list(1000, 1);
		sweep_begin(&sweep, &plans[i]);
		drive(&sweep, 6, NULL);
		sweep_resume(&resumed, &sweep);
		do {
			assert_in_range(back, 0, 20);
			send_all(&resumed, &flight);
			assert_int_equal(flight.n, 1);
			assert_true(answer_one(&resumed, &flight, &request));
			assert_int_equal(request.page, i == 0 ? 6 - back : 5 + back);
			back++;
		} while (!sweep_joined(&resumed, false));
		assert_int_equal(request.page, i == 0 ? 1 : 10);
		memset(list.seen, 0, sizeof(list.seen));
		/* From here on it reads everything, but for the page just read. */
		drive(&resumed, ENDLESS + 1, NULL);
		assert_int_equal(resumed.end, SWEEP_ALL);
		assert_int_equal(missing(1000), 100);
	}
}

static void a_sweep_interrupted_before_its_first_reply_begins_anew(void **fixture)
{
	struct sweep_plan plan = a_plan();
	struct sweep sweep, resumed;
	struct request request;

	(void)fixture;
	make_list(300, 1);
	sweep_begin(&sweep, &plan);
	assert_true(sweep_next(&sweep, &request));
	sweep_resume(&resumed, &sweep);
	drive(&resumed, ENDLESS + 1, NULL);
	assert_int_equal(resumed.end, SWEEP_ALL);
	assert_int_equal(missing(300), 0);
}

/* ---- anything at all -------------------------------------------------------------------------------------- */

/* No page says more: decode.h sees to it. */
static int64_t some_total(void)
{
	static const int64_t totals[] = { 0, 1, 99, 100, 101, 250, 5000, 10000000, INT32_MAX };

	return chance(3) ? totals[chance((int)ARRAY_SIZE(totals))] : chance(100000);
}

static int64_t some_time(void)
{
	return chance(8) ? NOW - chance(100000) * SECOND : TIME_NONE;
}

static void serve_anything(const struct request *request, struct page *page)
{
	static const int stats[] = { 0, 1, 2, 25, 50, 99, 100, 101, 1000, INT32_MAX };

	page->date = chance(5) ? NOW : TIME_NONE;
	page->total = some_total();
	page->page = chance(2) ? request->page : stats[chance((int)ARRAY_SIZE(stats))];
	page->per_page = chance(2) ? request->per_page : stats[chance((int)ARRAY_SIZE(stats))];
	page->total_pages = stats[chance((int)ARRAY_SIZE(stats))];
	page->n = chance(3) ? chance(request->per_page + 1) : chance(PAGE_ROWS_MOST + 1);
	for (int i = 0; i < page->n; i++)
		page->rows[i] = (struct row){ .id = (uint64_t)chance(5000),
					      .created_at = some_time(),
					      .updated_at = some_time() };
}

/* Whatever pages come, a sweep ends, and neither stands still nor asks for what there is not. */
static void read_anything(uint64_t seed)
{
	static struct page page;
	struct sweep_plan plan = a_plan();
	struct request request;
	struct sweep sweep;

	list = (struct list){ .chance = seed * 104729 + 3 };
	plan.per_page = 1 + chance(PER_PAGE_MOST);
	plan.backwards = chance(2);
	plan.overlap = chance(2);
	plan.order = (enum order)chance(ORDERS);
	plan.floor = plan.overlap && plan.order && chance(2) ? some_time() : TIME_NONE;
	plan.expected = some_total();
	plan.ahead = 1 + chance(4);
	sweep_begin(&sweep, &plan);
	for (int steps = 0; !sweep_done(&sweep) && steps < 500; steps++) {
		int asked = 0;

		while (sweep_next(&sweep, &request)) {
			assert_in_range(request.page, 1, INT32_MAX);
			assert_in_range(request.per_page, 1, plan.per_page);
			assert_in_range(asked++, 0, MOST_FLYING);
		}
		if (sweep.asked == 0 && !sweep_done(&sweep))
			fail_msg("seed %d stands still", (int)seed);
		if (sweep.asked > 0) {
			serve_anything(&request, &page);
			sweep_take(&sweep, &page);
		}
	}
}

static void it_ends_whatever_comes(void **fixture)
{
	(void)fixture;
	for (uint64_t seed = 0; seed < 3000; seed++)
		read_anything(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forwards_every_row_is_read_once),
		cmocka_unit_test(backwards_every_row_is_read_whatever_was_expected),
		cmocka_unit_test(an_empty_list_is_read_in_one_page),
		cmocka_unit_test(what_the_first_response_said_is_kept),
		cmocka_unit_test(without_a_date_nothing_is_claimed),
		cmocka_unit_test(the_evidence_proves_the_order_it_was_read_in),
		cmocka_unit_test(a_copy_goes_on_as_the_original_does),
		cmocka_unit_test(before_the_first_reply_only_one_page_is_asked_for),
		cmocka_unit_test(pages_behind_the_end_are_not_asked_for),
		cmocka_unit_test(what_is_in_flight_at_the_end_is_waited_for),
		cmocka_unit_test(requests_carry_the_filter),
		cmocka_unit_test(so_many_rows_take_so_many_pages),
		cmocka_unit_test(smaller_pages_are_followed_when_they_are_announced),
		cmocka_unit_test(smaller_pages_are_noticed_when_they_are_not),
		cmocka_unit_test(smaller_pages_are_noticed_from_behind_too),
		cmocka_unit_test(pages_may_become_smaller_in_the_middle),
		cmocka_unit_test(pages_may_become_smaller_in_the_middle_from_behind),
		cmocka_unit_test(a_total_that_promises_too_much_ends_at_an_empty_page),
		cmocka_unit_test(a_total_that_promises_too_little_is_not_believed_alone),
		cmocka_unit_test(a_total_that_halves_makes_no_sense),
		cmocka_unit_test(totals_that_differ_from_one_answer_to_the_next_come_to_an_end),
		cmocka_unit_test(pages_without_end_make_no_sense),
		cmocka_unit_test(a_total_that_runs_ahead_of_its_reader_makes_no_sense),
		cmocka_unit_test(pages_that_repeat_for_ever_make_no_sense),
		cmocka_unit_test(empty_pages_where_the_total_has_rows_end_the_list),
		cmocka_unit_test(when_the_total_falls_it_steps_back),
		cmocka_unit_test(when_rows_arrive_none_that_was_there_is_missed),
		cmocka_unit_test(that_rows_moved_is_noted),
		cmocka_unit_test(a_page_out_of_order_is_read_once_more),
		cmocka_unit_test(an_order_that_does_not_hold_is_given_up_and_all_is_read),
		cmocka_unit_test(a_scan_stops_at_the_first_page_that_is_old_enough),
		cmocka_unit_test(a_scan_whose_floor_is_never_reached_reads_everything),
		cmocka_unit_test(a_scan_of_a_list_out_of_order_ends_in_disorder),
		cmocka_unit_test(a_scan_misses_nothing_while_the_list_moves),
		cmocka_unit_test(an_overlapping_list_misses_nothing_while_it_moves),
		cmocka_unit_test(overlapping_pages_show_a_row_of_the_one_before),
		cmocka_unit_test(an_interrupted_sweep_goes_on_where_it_stood),
		cmocka_unit_test(the_page_before_is_read_again_and_is_no_evidence),
		cmocka_unit_test(what_does_not_join_is_read_further_back_to_the_beginning),
		cmocka_unit_test(a_sweep_interrupted_before_its_first_reply_begins_anew),
		cmocka_unit_test(it_ends_whatever_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
