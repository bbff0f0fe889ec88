/* SPDX-License-Identifier: MIT */
/* Header lines as servers send them, and what is made of the few that matter. */
#include "redact.h"
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "time_format.h"

#define UNTOUCHED INT64_C(-123456789)

/* Takes note of one line, with nothing readable behind it. */
static void take(struct http_reply *reply, const char *line, size_t n)
{
	char *exact = unit_exact(line, n);

	http_reply_header(reply, exact, n);
	free(exact);
}

static void take_line(struct http_reply *reply, const char *line)
{
	take(reply, line, strlen(line));
}

static void a_new_reply_knows_nothing(void **fixture)
{
	int tag;
	struct http_reply *reply = http_reply_new(&tag, 100);

	(void)fixture;
	assert_ptr_equal(reply->tag, &tag);
	assert_int_equal(reply->err.kind, ERR_NONE);
	assert_int_equal(reply->date, TIME_NONE);
	assert_int_equal(reply->retry_after, -1);
	assert_string_equal(reply->content_type, "");
	assert_string_equal(reply->location, "");
	assert_int_equal(reply->body.max, 100);
	http_read_times(reply);
	assert_int_equal(reply->retry_after, -1);
	http_reply_free(&reply);
	assert_null(reply);
	http_reply_free(&reply);
}

/* A line, and what it made of the reply. */
static void check_line(const struct unit_row *row)
{
	struct http_reply *reply = http_reply_new(NULL, 100);
	char got[512], date[TIME_FORMAT_SIZE];

	take(reply, row->field[0], row->len[0]);
	http_read_times(reply);
	snprintf(got, sizeof(got), "%s|%" PRId64 "|%s|%s", time_format(reply->date, date),
		 reply->retry_after, reply->content_type, reply->location);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	http_reply_free(&reply);
}

static void lines_are_read_as_wanted(void **fixture)
{
	(void)fixture;
	unit_table("http_reply/lines.txt", check_line);
}

static void a_line_may_end_anywhere(void **fixture)
{
	static const char *const lines[] = { "Date: Fri, 15 Mar 2024 08:30:00 GMT\r\n",
					     "Retry-After: 30\r\n",
					     "Content-Type: application/json\r\n",
					     "Location: https://example.com/\r\n" };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		for (size_t n = 0; n <= strlen(lines[i]); n++) {
			struct http_reply *reply = http_reply_new(NULL, 100);

			take(reply, lines[i], n);
			http_read_times(reply);
			http_reply_free(&reply);
		}
	}
}

static void a_date_to_wait_for_is_measured_by_the_replys_own_clock(void **fixture)
{
	static const char *const lines[] = { "Retry-After: Fri, 15 Mar 2024 08:30:30 GMT\r\n",
					     "Date: Fri, 15 Mar 2024 08:30:00 GMT\r\n" };

	(void)fixture;
	/* The two headers come in any order. */
	for (int first = 0; first < 2; first++) {
		struct http_reply *reply = http_reply_new(NULL, 100);

		take_line(reply, lines[first]);
		take_line(reply, lines[1 - first]);
		http_read_times(reply);
		assert_int_equal(reply->retry_after, 30 * USEC_PER_SEC);
		http_reply_free(&reply);
	}
}

static void a_date_to_wait_for_is_unreadable_without_a_clock(void **fixture)
{
	struct http_reply *reply = http_reply_new(NULL, 100);

	(void)fixture;
	take_line(reply, "Retry-After: Fri, 15 Mar 2024 08:30:30 GMT\r\n");
	take_line(reply, "Date: yesterday\r\n");
	http_read_times(reply);
	assert_int_equal(reply->date, TIME_NONE);
	assert_int_equal(reply->retry_after, -1);
	http_reply_free(&reply);
}

static void an_age_is_seconds_and_nothing_else(void **fixture)
{
	static const struct {
		const char *line;
		int64_t age;
	} rows[] = {
		{ "Age: 30\r\n", 30 * USEC_PER_SEC },
		{ "age:0\r\n", 0 },
		{ "Age: -30\r\n", 0 },
		{ "Age: soon\r\n", 0 },
		{ "Age: 1.5\r\n", 0 },
		{ "Age: 99999999999999999999\r\n", INT64_C(1000000) * USEC_PER_SEC },
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct http_reply *reply = http_reply_new(NULL, 100);

		take_line(reply, rows[i].line);
		http_read_times(reply);
		assert_int_equal(reply->age, rows[i].age);
		http_reply_free(&reply);
	}
}

static void of_two_dates_the_last_counts_even_if_it_is_none(void **fixture)
{
	struct http_reply *reply = http_reply_new(NULL, 100);

	(void)fixture;
	take_line(reply, "Date: Fri, 15 Mar 2024 08:30:00 GMT\r\n");
	take_line(reply, "Date: Fri, 15 Mar 2024 08:31:00 GMT\r\n");
	http_read_times(reply);
	assert_int_equal(reply->date, INT64_C(1710491460000000));
	take_line(reply, "Date: some day\r\n");
	http_read_times(reply);
	assert_int_equal(reply->date, TIME_NONE);
	http_reply_free(&reply);
}

static void an_interim_response_leaves_nothing_behind(void **fixture)
{
	struct http_reply *reply = http_reply_new(NULL, 100);

	(void)fixture;
	assert_false(reply->headed);
	take_line(reply, "HTTP/1.1 103 Early Hints\r\n");
	take_line(reply, "Date: Fri, 15 Mar 2024 08:30:00 GMT\r\n");
	take_line(reply, "Content-Type: text/html\r\n");
	take_line(reply, "Location: /x\r\n");
	take_line(reply, "Retry-After: 30\r\n");
	assert_false(reply->headed);
	take_line(reply, "\r\n");
	assert_true(reply->headed);
	take_line(reply, "HTTP/1.1 200 OK\r\n");
	assert_false(reply->headed);
	take_line(reply, "\n");
	assert_true(reply->headed);
	http_read_times(reply);
	assert_int_equal(reply->date, TIME_NONE);
	assert_int_equal(reply->retry_after, -1);
	assert_string_equal(reply->content_type, "");
	assert_string_equal(reply->location, "");
	http_reply_free(&reply);
}

static void values_too_long_are_cut(void **fixture)
{
	struct http_reply *reply = http_reply_new(NULL, 100);
	char line[5000];

	(void)fixture;
	memset(line, 'x', sizeof(line));
	memcpy(line, "Content-Type: ", 14);
	take(reply, line, sizeof(line));
	memcpy(line, "Location:     ", 14);
	take(reply, line, sizeof(line));
	memcpy(line, "Retry-After:  ", 14);
	take(reply, line, sizeof(line));
	memcpy(line, "Date:         ", 14);
	take(reply, line, sizeof(line));
	http_read_times(reply);
	assert_int_equal(strlen(reply->content_type), sizeof(reply->content_type) - 1);
	assert_int_equal(strlen(reply->location), sizeof(reply->location) - 1);
	assert_int_equal(reply->retry_after, -1);
	assert_int_equal(reply->date, TIME_NONE);
	http_reply_free(&reply);
}

static void a_failure_that_repeats_the_secret_does_not_get_far(void **fixture)
{
	struct http_reply *reply = http_reply_new(NULL, 100);
	static const char *const lines[] = { "HTTP/1.1 401 No\r\n", "Location: /x?key=sesame\r\n",
					     "Content-Type: sesame\r\n" };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		http_reply_header(reply, lines[i], strlen(lines[i]));
	buf_str(&reply->body, "key sesame, sesamesesame");
	http_reply_redact(reply);
	assert_string_equal(buf_text(&reply->body), "key sesame, sesamesesame");
	redact_learn("sesame");
	http_reply_redact(reply);
	assert_string_equal(buf_text(&reply->body), "key ******, ************");
	assert_string_equal(reply->location, "/x?key=******");
	assert_string_equal(reply->content_type, "******");
	redact_forget();
	http_reply_free(&reply);
}

/* ---- times --------------------------------------------------------------- */

static void check_http(const struct unit_row *row)
{
	int64_t ret = UNTOUCHED;
	char got[TIME_FORMAT_SIZE] = "!";

	if (http_date(row->field[0], &ret))
		time_format(ret, got);
	else
		assert_int_equal(ret, UNTOUCHED);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void http_dates_are_read_in_their_three_forms(void **fixture)
{
	(void)fixture;
	unit_table("http_reply/dates.txt", check_http);
}

static void check_retry(const struct unit_row *row)
{
	int64_t date = TIME_NONE, ret = UNTOUCHED;
	char got[32] = "!";

	if (row->field[1][0])
		assert_true(http_date(row->field[1], &date));
	if (http_retry_after(row->field[0], date, &ret))
		snprintf(got, sizeof(got), "%" PRId64, ret / USEC_PER_SEC);
	else
		assert_int_equal(ret, UNTOUCHED);
	if (strcmp(got, row->field[2]) != 0)
		unit_differs(row, got);
}

static void retry_after_is_seconds_or_a_date_and_at_most_a_day(void **fixture)
{
	(void)fixture;
	unit_table("http_reply/retry_after.txt", check_retry);
}

static void an_http_date_may_end_anywhere(void **fixture)
{
	static const char *const forms[] = { "Sun, 06 Nov 1994 08:49:37 GMT",
					     "Sunday, 06-Nov-94 08:49:37 GMT",
					     "Sun Nov  6 08:49:37 1994" };
	char cut[64];
	int64_t ret;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		for (size_t n = 0; n < strlen(forms[i]); n++) {
			snprintf(cut, sizeof(cut), "%.*s", (int)n, forms[i]);
			assert_false(http_date(cut, &ret));
		}
		assert_true(http_date(forms[i], &ret));
		snprintf(cut, sizeof(cut), "%s ", forms[i]);
		assert_false(http_date(cut, &ret));
	}
}

static void a_year_has_four_digits(void **fixture)
{
	int64_t ret;

	(void)fixture;
	assert_true(http_date("Fri Dec 31 23:59:59 9999", &ret));
	assert_false(http_date("Sat Jan  1 00:00:00 10000", &ret));
	assert_false(http_date("Sat, 01 Jan 10000 00:00:00 GMT", &ret));
	assert_false(http_date("Fri Mar 14 08:30:00 20234", &ret));
}

/* One second of each day and a bit, as any server may write it. */
static void a_date_that_is_written_is_read_again(void **fixture)
{
	char text[TIME_FORMAT_SIZE];
	int64_t ret, last = INT64_C(253402300799000000); /* 9999-12-31T23:59:59Z */

	(void)fixture;
	for (int64_t t = 0; t <= last; t += INT64_C(94319) * USEC_PER_SEC) {
		assert_true(http_date(time_format_http(t, text), &ret));
		assert_int_equal(ret, t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_reply_knows_nothing),
		cmocka_unit_test(http_dates_are_read_in_their_three_forms),
		cmocka_unit_test(retry_after_is_seconds_or_a_date_and_at_most_a_day),
		cmocka_unit_test(an_http_date_may_end_anywhere),
		cmocka_unit_test(a_year_has_four_digits),
		cmocka_unit_test(a_date_that_is_written_is_read_again),
		cmocka_unit_test(lines_are_read_as_wanted),
		cmocka_unit_test(a_line_may_end_anywhere),
		cmocka_unit_test(a_date_to_wait_for_is_measured_by_the_replys_own_clock),
		cmocka_unit_test(a_date_to_wait_for_is_unreadable_without_a_clock),
		cmocka_unit_test(an_age_is_seconds_and_nothing_else),
		cmocka_unit_test(of_two_dates_the_last_counts_even_if_it_is_none),
		cmocka_unit_test(an_interim_response_leaves_nothing_behind),
		cmocka_unit_test(values_too_long_are_cut),
		cmocka_unit_test(a_failure_that_repeats_the_secret_does_not_get_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
