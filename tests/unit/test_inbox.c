/* SPDX-License-Identifier: MIT */
/* An event that is signed becomes a hint; of one that is not nothing is read, and that is said now and then. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inbox.h"

#define SECOND USEC_PER_SEC
#define CALENDAR (INT64_C(1700000000) * SECOND)

static char path[64];
static int64_t now;
static int lines_said;
static char said[512];

static int64_t mono(void *arg)
{
	(void)arg;
	return now;
}

static int64_t real(void *arg)
{
	(void)arg;
	return CALENDAR + now;
}

static void sink(void *arg, const struct log_line *line)
{
	(void)arg;
	lines_said++;
	snprintf(said, sizeof(said), "%s", line->message);
}

static const struct clock clock_of_test = { mono, real, NULL };
static const struct log log_of_test = { LEVEL_DEBUG, sink, NULL };
static struct workspace_conf workspace;
static struct stats stats;
static struct inbox *inbox;

static struct inbox_env env(void)
{
	workspace.name = "utama";
	workspace.webhook.secret_file = path;
	return (struct inbox_env){ &workspace, "/etc/x.yaml", &clock_of_test, &log_of_test,
				   &stats };
}

static void keep_secrets(const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, 0600), 0);
}

static int begin(void **fixture)
{
	(void)fixture;
	unsetenv("CREDENTIALS_DIRECTORY");
	snprintf(path, sizeof(path), "/tmp/sahut-inbox-XXXXXX");
	close(mkstemp(path));
	keep_secrets("whsec_first\n");
	now = 100 * SECOND;
	lines_said = 0;
	stats_begin(&stats, "utama");
	inbox = inbox_new();
	return 0;
}

static int end(void **fixture)
{
	(void)fixture;
	inbox_free(&inbox);
	return unlink(path);
}

/* An event with this body, signed by SECRET. */
static bool take(const char *body, const char *secret)
{
	struct inbox_event event = { .body = body, .n = strlen(body) };
	struct inbox_env with = env();
	unsigned char digest[HMAC_SIZE];
	char signature[2 * HMAC_SIZE + 1];
	struct hmac_key key;

	hmac_key(&key, secret, strlen(secret));
	hmac_sign(&key, body, strlen(body), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(signature + 2 * i, 3, "%02x", digest[i]);
	event.signature = signature;
	return inbox_take(inbox, &with, &event);
}

static bool take_unsigned(const char *body)
{
	struct inbox_event event = { .body = body, .n = strlen(body) };
	struct inbox_env with = env();

	return inbox_take(inbox, &with, &event);
}

static void what_is_signed_becomes_a_hint(void **fixture)
{
	(void)fixture;
	assert_true(take("{\"data\":{\"id\":\"conv_a\"}}", "whsec_first"));
	assert_true(take("{\"data\":{\"id\":\"conv_a\"}}", "whsec_first"));
	assert_true(take("{\"contact\":{\"id\":\"ct_1\"}}", "whsec_first"));
	assert_int_equal(stats.events[STATS_EVENT_KEPT], 1);
	assert_int_equal(stats.events[STATS_EVENT_REPEATED], 1);
	assert_int_equal(stats.events[STATS_EVENT_EMPTY], 1);
	assert_int_equal(inbox->hints.n, 1);
	assert_int_equal(stats.event_at, CALENDAR + now);
	assert_int_equal(inbox->last, CALENDAR + now);
}

static void what_is_not_signed_is_refused_and_said_now_and_then(void **fixture)
{
	(void)fixture;
	for (int i = 0; i < 100; i++) {
		assert_false(take("{\"id\":\"conv_a\"}", "whsec_other"));
		assert_false(take_unsigned("{\"id\":\"conv_a\"}"));
		now += 10;
	}
	assert_int_equal(stats.events[STATS_EVENT_REFUSED], 200);
	assert_int_equal(inbox->hints.n, 0);
	assert_int_equal(lines_said, 1);
	assert_non_null(strstr(said, "signature is wrong or missing"));
	assert_true(stats.event_at == TIME_NONE);
}

static void another_secret_needs_no_reload(void **fixture)
{
	(void)fixture;
	assert_true(take("{\"id\":\"conv_a\"}", "whsec_first"));
	keep_secrets("whsec_first\nwhsec_second wh_2\n");
	now += 2 * SECOND;
	assert_true(take("{\"id\":\"conv_b\"}", "whsec_first"));
	assert_true(take("{\"id\":\"conv_c\"}", "whsec_second"));
	keep_secrets("whsec_second wh_2\n");
	now += 2 * SECOND;
	assert_false(take("{\"id\":\"conv_d\"}", "whsec_first"));
	assert_true(take("{\"id\":\"conv_d\"}", "whsec_second"));
}

static void without_a_secret_nothing_is_taken(void **fixture)
{
	(void)fixture;
	assert_int_equal(chmod(path, 0644), 0);
	assert_false(take("{\"id\":\"conv_a\"}", "whsec_first"));
	assert_false(take("{\"id\":\"conv_a\"}", ""));
	assert_int_equal(lines_said, 1);
	assert_non_null(strstr(said, "events of webhooks are refused"));
	keep_secrets("whsec_first\n");
	now += 2 * SECOND;
	assert_true(take("{\"id\":\"conv_a\"}", "whsec_first"));
}

static void the_file_is_read_at_most_once_a_second(void **fixture)
{
	(void)fixture;
	assert_true(take("{\"id\":\"conv_a\"}", "whsec_first"));
	keep_secrets("whsec_second\n");
	now += SECOND - 1;
	assert_true(take("{\"id\":\"conv_b\"}", "whsec_first"));
	now += 1;
	assert_false(take("{\"id\":\"conv_c\"}", "whsec_first"));
}

/* How many changes are said to be unspoken after a cycle that found so many. */
static int64_t unspoken_after(int64_t changes)
{
	struct inbox_env all = env();

	inbox_compare(inbox, &all, changes);
	return stats.unspoken;
}

static void silence_is_noticed_after_some_cycles_with_changes(void **fixture)
{
	(void)fixture;
	lines_said = 0;
	assert_int_equal(unspoken_after(3), 0);
	assert_int_equal(unspoken_after(0), 0);
	assert_int_equal(unspoken_after(1), 0);
	assert_int_equal(lines_said, 0);
	assert_int_equal(unspoken_after(1), 5);
	assert_int_equal(unspoken_after(0), 5);
	assert_int_equal(lines_said, 1);
	assert_non_null(strstr(said, "found 5 changes"));
	assert_true(take("{\"id\":\"conv_a\"}", "whsec_first"));
	assert_int_equal(inbox->unspoken, 0);
	assert_int_equal(unspoken_after(1), 0);
}

static void a_hint_comes_again_only_after_a_failure_that_passes(void **fixture)
{
	static const struct {
		enum err_kind kind;
		int waiting;
		bool more;
	} cases[] = {
		{ ERR_NONE, 0, false },
		{ ERR_UNAVAILABLE, 1, false },
		{ ERR_CONFLICT, 1, false },
		{ ERR_DENIED, 0, true },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = { .kind = cases[i].kind };

		inbox->hints = (struct hints){ 0 };
		assert_true(take("{\"id\":\"conv_a\"}", "whsec_first"));
		hints_take(&inbox->hints);
		inbox_end(inbox, &stats, &err, now);
		assert_int_equal(inbox->hints.n, cases[i].waiting);
		assert_int_equal(inbox->hints.more, cases[i].more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_signed_becomes_a_hint, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_signed_is_refused_and_said_now_and_then,
						begin, end),
		cmocka_unit_test_setup_teardown(another_secret_needs_no_reload, begin, end),
		cmocka_unit_test_setup_teardown(without_a_secret_nothing_is_taken, begin, end),
		cmocka_unit_test_setup_teardown(the_file_is_read_at_most_once_a_second, begin, end),
		cmocka_unit_test_setup_teardown(a_hint_comes_again_only_after_a_failure_that_passes,
						begin, end),
		cmocka_unit_test_setup_teardown(silence_is_noticed_after_some_cycles_with_changes,
						begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
