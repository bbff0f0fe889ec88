/* SPDX-License-Identifier: MIT */
/*
 * A cycle's hands, with the API and the warehouse played by this program: what is sent,
 * committed and asked, in which order, and how a cycle ends that goes wrong.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "cycle.h"

#define SECOND USEC_PER_SEC
#define MOST_LINES 64

/* ---- what happens, a word or two a line ----------------------------------------- */

static char told[4096];

static void tell(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void tell(const char *fmt, ...)
{
	size_t n = strlen(told);
	va_list args;

	va_start(args, fmt);
	vsnprintf(told + n, sizeof(told) - n, fmt, args);
	va_end(args);
}

/* ---- the clock and the API ---------------------------------------------------------- */

static int64_t now;

static int64_t read_now(void *arg)
{
	(void)arg;
	return now;
}

static const struct clock clock_of_test = { read_now, read_now, NULL };
static void *asked;   /* the request that waits for its reply, */
static char url[256]; /* and where it went */

void http_send(struct http *http, const struct http_request *request)
{
	(void)http;
	snprintf(url, sizeof(url), "%s", strstr(request->url, "/conversations"));
	tell("GET %s\n", url);
	asked = request->tag;
}

void http_cancel(struct http *http, const void *tag)
{
	(void)http;
	(void)tag;
	tell("cancel\n");
	asked = NULL;
}

struct http_reply *http_call(struct http *http, const struct http_request *request, struct err *err)
{
	(void)http;
	(void)request;
	(void)err;
	return NULL;
}

static void reply(int status, const char *body)
{
	struct http_reply *reply = http_reply_new(asked, 1 << 20);

	asked = NULL;
	reply->status = status;
	reply->date = now;
	buf_str(&reply->body, body);
	request_queue_deliver(reply);
}

#define ITEM(id) "{\"id\":\"" id "\",\"status\":\"open\",\"created_at\":\"2024-03-15T08:30:00Z\"}"
#define PAGE(items, total) \
	"{\"data\":[" items "],\"meta\":{\"total\":" total \
	",\"page\":1,\"per_page\":100,\"total_pages\":1}}"

/* ---- the warehouse --------------------------------------------------------------------- */

static struct {
	bool busy_lock, lost;
	bool failing;	/* the next commit fails */
	bool has_third; /* one is held that the list does not show */
	int conflicts, held;
	enum ask_kind asked;
	struct workspace_state state;
} house;

bool warehouse_register(struct warehouse *w, const struct workspace_conf *conf, int *id,
			struct err *err)
{
	(void)w;
	(void)err;
	tell("register %s\n", conf->name);
	*id = 3;
	return true;
}

bool warehouse_lock(struct warehouse *w, int id, struct err *err)
{
	(void)w;
	(void)id;
	tell("lock\n");
	return !house.busy_lock || err_set(err, ERR_BUSY, "another process works on it");
}

void warehouse_unlock(struct warehouse *w, int id)
{
	(void)w;
	(void)id;
	tell("unlock\n");
}

bool warehouse_lost(const struct warehouse *w)
{
	(void)w;
	return house.lost;
}

bool warehouse_busy(const struct warehouse *w)
{
	(void)w;
	return false;
}

bool warehouse_free(const struct warehouse *w)
{
	(void)w;
	return true;
}

bool warehouse_load(struct warehouse *w, int id, struct warehouse_known *known, struct err *err)
{
	(void)w;
	(void)id;
	(void)err;
	*known = (struct warehouse_known){ .state = house.state };
	return true;
}

bool warehouse_names(struct warehouse *w, int id, int most, struct filter_ids *names,
		     struct err *err)
{
	(void)w;
	(void)id;
	(void)most;
	(void)err;
	names->channels = table_new(1);
	names->agents = table_new(1);
	return true;
}

bool warehouse_last_cells(struct warehouse *w, int id, const struct filter_ids *names,
			  struct engine_conf *conf, struct err *err)
{
	(void)w;
	(void)id;
	(void)names;
	(void)err;
	conf->n_cells = 0;
	return true;
}

bool warehouse_begin_run(struct warehouse *w, struct warehouse_run *run, struct err *err)
{
	(void)w;
	(void)err;
	tell("begin %s\n", cycle_kind(run->kind)->name);
	run->id = 70;
	return true;
}

bool warehouse_begin_sweep(struct warehouse *w, struct warehouse_run *run, struct err *err)
{
	(void)w;
	(void)err;
	tell("sweep\n");
	run->sweep = 9;
	return true;
}

bool warehouse_end_run(struct warehouse *w, const struct warehouse_end *end, struct err *err)
{
	(void)w;
	(void)err;
	tell("end %s: %s\n", end->state, end->why->text);
	return true;
}

bool warehouse_account(struct warehouse *w, int id, const char *purpose, const struct sent *sent,
		       struct err *err)
{
	(void)w;
	(void)id;
	(void)err;
	if (sent->requests > 0)
		tell("account %s %d\n", purpose, sent->requests);
	return true;
}

void warehouse_explain_misshapen(struct warehouse *w, int id, struct err *err)
{
	(void)w;
	(void)id;
	err_set(err, ERR_DATA, "a page of the list is none");
}

bool warehouse_take_lease(struct warehouse *w, int id, struct warehouse_lease *lease,
			  struct err *err)
{
	(void)w;
	(void)id;
	(void)err;
	lease->granted = 100;
	return true;
}

bool warehouse_pause(struct warehouse *w, int id, int64_t usec, struct err *err)
{
	(void)w;
	(void)id;
	(void)usec;
	(void)err;
	return true;
}

void warehouse_commit(struct warehouse *w, const struct batch *batch)
{
	(void)w;
	house.held += stage_rows(batch->stage);
	tell("commit %d rows, %d requests%s\n", stage_rows(batch->stage), batch->sent.requests,
	     batch->last ? ", the last" : "");
	if (batch->stage->rows[STAGE_GONE].len > 0) {
		tell("deleted\n");
		house.has_third = false;
	}
}

bool warehouse_committed(struct warehouse *w, struct tally *tally, struct err *err)
{
	(void)w;
	*tally = (struct tally){ .live = house.held + house.has_third, .fresh = house.held };
	if (house.conflicts > 0)
		return err_set(err, ERR_CONFLICT, "deadlock");
	return !house.failing || err_set(err, ERR_DENIED, "no privilege");
}

bool warehouse_again(struct warehouse *w, const struct err *why)
{
	(void)w;
	if (why->kind != ERR_CONFLICT)
		return false;
	tell("again\n");
	house.conflicts--;
	return true;
}

void warehouse_ask(struct warehouse *w, const struct query *query)
{
	(void)w;
	tell("ask %d\n", query->ask.kind == ASK_SEEN ? 1 : 0);
	house.asked = query->ask.kind;
}

bool warehouse_answered(struct warehouse *w, struct answer *answer, struct table **ids,
			struct err *err)
{
	(void)w;
	(void)err;
	*ids = NULL;
	*answer = (struct answer){ .n = { house.held, house.has_third, house.held },
				   .live = house.held + house.has_third };
	if (house.asked == ASK_SUSPECTS && house.has_third) {
		answer->n[0] = answer->ids = 1;
		answer->control = true;
		*ids = table_new(2);
		table_set_text(*ids, table_add(*ids), 0, "c");
		table_set_text(*ids, table_add(*ids), 0, "a");
	}
	return true;
}

/* ---- a cycle ------------------------------------------------------------------------------ */

static char auth[] = "Authorization: Bearer x";
static const struct workspace_conf conf = {
	.name = "utama",
	.timezone = "UTC",
	.base_url = "http://api",
	.auth = auth,
	.requests_per_minute = 60,
	.lookback = 120 * SECOND,
};
static struct cycle_env env;
static struct cycle *cycle;

static int begin(void **state)
{
	static const struct item_privacy privacy;

	(void)state;
	told[0] = '\0';
	asked = NULL;
	now = INT64_C(1800000000) * SECOND;
	memset(&house, 0, sizeof(house));
	house.state = (struct workspace_state){
		.watermark = TIME_NONE,
		.complete_as_of = TIME_NONE,
		.active_as_of = TIME_NONE,
		.certified_at = TIME_NONE,
		.tried_at = TIME_NONE,
		.late_at = TIME_NONE,
		.lookback = 120 * SECOND,
		.per_page = 100,
		.needs_full = FULL_FIRST_LOAD,
	};
	env = (struct cycle_env){ .clock = &clock_of_test,
				  .warehouse = (struct warehouse *)&house,
				  .decode = decode_new(&privacy),
				  .json = json_reader_new() };
	return 0;
}

static int end(void **state)
{
	(void)state;
	cycle_end(&cycle);
	decode_free(&env.decode);
	json_reader_free(&env.json);
	return 0;
}

static bool start(enum cycle_kind kind, struct err *err)
{
	cycle = cycle_begin(&conf, &env, kind, err);
	return cycle != NULL;
}

/* Goes on until a request waits for its reply, or the cycle is over. */
static void turn(void)
{
	for (int i = 0; i < MOST_LINES && !asked && !cycle_over(cycle); i++) {
		int64_t when = cycle_turn(cycle, now);

		if (when != TIME_NEVER)
			now = max_i64(now, when);
	}
}

/* The API has two open conversations. To the end of the cycle. */
static void go_on(void)
{
	for (turn(); asked; turn()) {
		if (strstr(url, "/conversations/c"))
			reply(404, "{\"error\":{\"code\":\"not_found\",\"message\":\"none\"}}");
		else if (strstr(url, "/conversations/a"))
			reply(200, "{\"data\":" ITEM("a") "}");
		else if (strstr(url, "status=") && !strstr(url, "status=open"))
			reply(200, PAGE("", "0"));
		else if (strstr(url, "per_page=1") && !strstr(url, "per_page=100"))
			reply(200, PAGE(ITEM("a"), "2"));
		else
			reply(200, PAGE(ITEM("a") "," ITEM("b"), "2"));
	}
}

static void a_first_load_reads_counts_and_is_certified(void **state)
{
	static const char begins[] = "register utama\nlock\nbegin first_load\n"
				     "GET /conversations?page=1&per_page=100\n"
				     "sweep\ncommit 2 rows, 1 requests\nask 1\n";
	struct err err = ERR_INIT;

	(void)state;
	assert_true(start(CYCLE_INCREMENTAL, &err));
	go_on();
	assert_int_equal(cycle_progress(cycle)->state, CYCLE_DONE);
	assert_int_equal(cycle_progress(cycle)->verdict, VERDICT_CERTIFIED);
	assert_int_equal(cycle_recorded_kind(cycle), CYCLE_FIRST_LOAD);
	assert_memory_equal(told, begins, strlen(begins));
	assert_non_null(strstr(told, ", the last\n"));
}

static void what_the_list_does_not_show_is_asked_for_twice_and_marked_as_deleted(void **state)
{
	static const char rechecked[] = "GET /conversations/c\nGET /conversations/a\n"
					"GET /conversations/c\n";
	struct err err = ERR_INIT;
	const char *asked_for, *deleted;

	(void)state;
	house.has_third = true;
	assert_true(start(CYCLE_FULL, &err));
	go_on();
	assert_int_equal(cycle_progress(cycle)->state, CYCLE_DONE);
	asked_for = strstr(told, rechecked);
	deleted = strstr(told, "deleted\n");
	assert_non_null(asked_for);
	assert_non_null(deleted);
	assert_true(asked_for < deleted);
	assert_null(strstr(deleted + 1, "deleted\n"));
}

static void a_workspace_that_somebody_else_has_is_left_alone(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	house.busy_lock = true;
	assert_false(start(CYCLE_FULL, &err));
	assert_int_equal(err.kind, ERR_BUSY);
	assert_string_equal(told, "register utama\nlock\n");
}

static void a_look_takes_no_lock_and_leaves_no_run(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_true(start(CYCLE_LOOK, &err));
	assert_string_equal(told, "register utama\n");
}

static void a_key_that_is_refused_ends_the_cycle_and_is_written_down(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_true(start(CYCLE_FULL, &err));
	turn();
	reply(401, "{\"error\":{\"code\":\"unauthorized\",\"message\":\"no\"}}");
	turn();
	assert_true(cycle_over(cycle));
	assert_int_equal(cycle_progress(cycle)->state, CYCLE_FAILED);
	assert_non_null(strstr(told, "end failed: "));
	assert_null(strstr(told, "commit"));
}

static void a_commit_that_is_refused_ends_the_cycle(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	house.failing = true;
	assert_true(start(CYCLE_FULL, &err));
	turn();
	reply(200, PAGE(ITEM("a"), "1"));
	turn();
	assert_int_equal(cycle_progress(cycle)->state, CYCLE_FAILED);
	assert_non_null(strstr(told, "end failed: no privilege\n"));
	assert_null(strstr(told, "the last"));
}

static void a_commit_in_conflict_is_done_again(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	house.conflicts = 1;
	assert_true(start(CYCLE_FULL, &err));
	go_on();
	assert_non_null(strstr(told, "commit 2 rows, 1 requests\nagain\n"));
	assert_int_equal(cycle_progress(cycle)->state, CYCLE_DONE);
}

static void a_cycle_that_is_told_to_stop_cuts_off_its_request(void **state)
{
	struct err err = ERR_INIT, why = ERR_INIT;

	(void)state;
	assert_true(start(CYCLE_FULL, &err));
	turn();
	err_set(&why, ERR_STOPPED, "told to");
	cycle_stop(cycle, &why);
	assert_true(cycle_over(cycle));
	assert_int_equal(cycle_progress(cycle)->state, CYCLE_PARTIAL);
	assert_non_null(strstr(told, "cancel\nend partial: told to\n"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_first_load_reads_counts_and_is_certified),
		TEST(what_the_list_does_not_show_is_asked_for_twice_and_marked_as_deleted),
		TEST(a_workspace_that_somebody_else_has_is_left_alone),
		TEST(a_look_takes_no_lock_and_leaves_no_run),
		TEST(a_key_that_is_refused_ends_the_cycle_and_is_written_down),
		TEST(a_commit_that_is_refused_ends_the_cycle),
		TEST(a_commit_in_conflict_is_done_again),
		TEST(a_cycle_that_is_told_to_stop_cuts_off_its_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
