/* SPDX-License-Identifier: MIT */
/*
 * Header lines and instants: Date and Retry-After in all their forms, in a
 * reply that comes line by line. What is read is within bounds, and written
 * and read again it is the same.
 */
#include "fuzz.h"
#include "http.h"
#include "time_format.h"

#define DAY (24 * 3600 * USEC_PER_SEC)

/* From a day before the year 1 to a day behind 9999: an offset may lead out of the calendar. */
#define FIRST (INT64_C(-62135596800000000) - DAY)
#define LAST (INT64_C(253402300800000000) + DAY)

static void check_time(const char *text, size_t n)
{
	char again[TIME_FORMAT_SIZE];
	int64_t t = 7, back;

	if (!time_parse(text, n, &t)) {
		MUST(t == 7);
		return;
	}
	MUST(t >= FIRST && t <= LAST);
	time_format(t, again);
	if (t >= FIRST + DAY && t < LAST - DAY)
		MUST(time_parse(again, strlen(again), &back) && back == t);
}

static void check_date(const char *text)
{
	char again[TIME_FORMAT_SIZE];
	int64_t t, back;

	if (!http_date(text, &t))
		return;
	MUST(t >= FIRST && t <= LAST && t % USEC_PER_SEC == 0);
	if (t >= FIRST + DAY && t < LAST - DAY)
		MUST(http_date(time_format_http(t, again), &back) && back == t);
}

static void check_retry_after(const char *text)
{
	static const int64_t dates[] = { TIME_NONE, 0, INT64_C(1710500400000000), FIRST, LAST };
	int64_t wait;

	for (size_t i = 0; i < ARRAY_SIZE(dates); i++)
		if (http_retry_after(text, dates[i], &wait))
			MUST(wait >= 0 && wait <= DAY);
}

static void check_durations(const char *text)
{
	char shown[TIME_FORMAT_SIZE];
	int64_t d;
	int minutes;

	if (duration_parse(text, &d)) {
		MUST(d >= 0 && d <= 3653 * DAY);
		MUST(duration_format(d, shown) == shown);
	}
	if (time_parse_clock(text, &minutes))
		MUST(minutes >= 0 && minutes <= 24 * 60);
}

/* The input as a reply: each line of it is a header. */
static void check_reply(const char *text, size_t n)
{
	struct http_reply *reply = http_reply_new(NULL, 1000);
	const char *end = text + n;

	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text));
		size_t len = line ? (size_t)(line - text) + 1 : (size_t)(end - text);

		http_reply_header(reply, text, len);
		text += len;
	}
	http_read_times(reply);
	MUST(reply->retry_after >= -1 && reply->retry_after <= DAY);
	MUST(reply->date == TIME_NONE || (reply->date >= FIRST && reply->date <= LAST));
	MUST(strlen(reply->content_type) < sizeof(reply->content_type));
	MUST(strlen(reply->location) < sizeof(reply->location));
	http_reply_free(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_text(data, n);

	check_time(text, n);
	check_date(text);
	check_retry_after(text);
	check_durations(text);
	check_reply(text, n);
	free(text);
	return 0;
}
