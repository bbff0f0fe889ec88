/* SPDX-License-Identifier: MIT */
#include "business_hours.h"

#include <stdio.h>
#include <string.h>

#include "time_format.h"

#define DAY_MINUTES (24 * 60)
#define MOST_SPANS 12 /* of a day */

static const char *const day_names[WEEK_DAYS] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* The day's number of the three letters at P, or -1. */
static int day_number(const char *p)
{
	for (int i = 0; i < WEEK_DAYS; i++)
		if (strncmp(day_names[i], p, 3) == 0)
			return i;
	return -1;
}

/* Reads "sat" or "mon-fri". */
static bool read_days(const char *text, int *first, int *last)
{
	size_t n = strlen(text);

	if (n != 3 && !(n == 7 && text[3] == '-'))
		return false;
	*first = day_number(text);
	*last = n == 7 ? day_number(text + 4) : *first;
	return *first >= 0 && *last >= *first;
}

/* Reads "08:00-17:00"; hours that end before they begin end on the next day. */
static bool read_span(const char *text, size_t n, struct work_span *span)
{
	char from[8], to[8];
	const char *dash = memchr(text, '-', n);

	if (!dash || dash - text >= (int)sizeof(from) || text + n - dash > (int)sizeof(to))
		return false;
	snprintf(from, sizeof(from), "%.*s", (int)(dash - text), text);
	snprintf(to, sizeof(to), "%.*s", (int)(text + n - dash - 1), dash + 1);
	if (!time_parse_clock(from, &span->opens) || !time_parse_clock(to, &span->closes) ||
	    span->opens == span->closes || span->opens >= DAY_MINUTES)
		return false;
	if (span->closes < span->opens)
		span->closes += DAY_MINUTES;
	return true;
}

/* Reads "08:00-12:00, 13:00-17:00": each begins when the one before it has ended, or later. */
static bool read_spans(struct config_reader *in, const char *text, struct work_day *day)
{
	struct work_span *spans = arena_alloc(in->arena, MOST_SPANS * sizeof(*spans));

	day->spans = spans;
	day->n = 0;
	for (;;) {
		size_t n = strcspn(text, ",");
		size_t end = n;

		while (end > 0 && text[end - 1] == ' ')
			end--;
		if (day->n == MOST_SPANS || !read_span(text, end, &spans[day->n]) ||
		    (day->n > 0 && spans[day->n].opens < spans[day->n - 1].closes))
			return false;
		day->n++;
		if (!text[n])
			return true;
		text += n + 1;
		text += strspn(text, " ");
	}
}

/* Reads the hours of a day, or complains. */
static bool read_day(struct config_reader *in, const struct yaml *node, const char *where,
		     struct work_day *day)
{
	if (read_spans(in, node->text, day))
		return true;
	config_reader_complain(in, node, where,
			       "hours such as \"08:00-17:00\", or several in order, "
			       "\"08:00-12:00, 13:00-17:00\", were expected, not \"%s\"",
			       node->text);
	return false;
}

void business_hours_hours(struct config_reader *in, const struct yaml *node, const char *where,
			  void *to)
{
	struct workspace_hours *hours = to;

	if (!node)
		return;
	if (node->kind != YAML_MAP) {
		config_reader_complain(
			in, node, where,
			"days and hours were expected, such as {mon-fri: \"08:00-17:00\"}");
		return;
	}
	hours->given = true;
	for (size_t i = 0; i < node->n; i++) {
		struct work_day day;
		int first, last;

		if (!read_days(node->keys[i]->text, &first, &last)) {
			config_reader_complain(in, node->keys[i], where,
					       "a day such as sat, or days such as mon-fri, were "
					       "expected, not \"%s\"",
					       node->keys[i]->text);
			continue;
		}
		if (!read_day(in, node->values[i], where, &day))
			continue;
		for (int at = first; at <= last; at++)
			hours->days[at] = day;
	}
}

/* Whether NODE is a date that exists; complains if it does not. */
static bool is_date(struct config_reader *in, const struct yaml *node, const char *where)
{
	char midnight[32];
	int64_t t;

	snprintf(midnight, sizeof(midnight), "%.20sT00:00:00Z", node->text);
	if (strlen(node->text) == 10 && time_parse(midnight, strlen(midnight), &t))
		return true;
	config_reader_complain(in, node, where,
			       "a date such as 2027-01-01 was expected, not \"%s\"", node->text);
	return false;
}

void business_hours_dates(struct config_reader *in, const struct yaml *node, const char *where,
			  void *to)
{
	struct workspace_dates *dates = to;

	if (!node)
		return;
	if (node->kind != YAML_MAP) {
		config_reader_complain(
			in, node, where,
			"dates and hours were expected, such as {2027-03-19: \"08:00-12:00\"}");
		return;
	}
	dates->given = true;
	dates->dates = arena_alloc(in->arena, node->n * sizeof(*dates->dates));
	for (size_t i = 0; i < node->n; i++) {
		struct workspace_date *date = &dates->dates[dates->n];

		date->date = node->keys[i]->text;
		if (is_date(in, node->keys[i], where) &&
		    read_day(in, node->values[i], where, &date->hours))
			dates->n++;
	}
}

void business_hours_holidays(struct config_reader *in, const struct yaml *node, const char *where,
			     void *to)
{
	struct workspace_holidays *holidays = to;

	if (!node)
		return;
	if (node->kind != YAML_LIST) {
		config_reader_complain(in, node, where,
				       "a list of dates was expected, such as [2027-01-01]");
		return;
	}
	holidays->given = true;
	holidays->days = arena_alloc(in->arena, node->n * sizeof(*holidays->days));
	for (size_t i = 0; i < node->n; i++)
		if (is_date(in, node->values[i], where))
			holidays->days[holidays->n++] = node->values[i]->text;
}

static const struct key channel_keys[] = {
	{ "channel_type", KEY_TEXT, offsetof(struct workspace_channel, channel_type),
	  .help = "The kind of channels that work at these hours." },
	{ "channel_id", KEY_TEXT, offsetof(struct workspace_channel, channel_id),
	  .help = "The one channel that does." },
	{ "hours", KEY_OWN, offsetof(struct workspace_channel, hours), .read = business_hours_hours,
	  .help = "Their opening hours." },
	{ "date_hours", KEY_OWN, offsetof(struct workspace_channel, dates),
	  .read = business_hours_dates, .help = "Their single days, instead of the workspace's." },
	{ "holidays", KEY_OWN, offsetof(struct workspace_channel, holidays),
	  .read = business_hours_holidays, .help = "Their days without work, instead of those." },
	KEY_END,
};

static bool same_name(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Complains about an entry whose channels are not clear, or that has no hours. */
static void check_channel(struct config_reader *in, const struct yaml *node, const char *here,
			  const struct workspace_channel *list, size_t i)
{
	const struct workspace_channel *channel = &list[i];

	if (node->kind != YAML_MAP)
		return;
	if (!channel->channel_id == !channel->channel_type)
		config_reader_complain(
			in, node, here,
			"either channel_type or channel_id is to say whose they are");
	if (!yaml_get(node, "hours"))
		config_reader_complain(in, node, here,
				       "hours are missing, such as hours: {mon-sun: "
				       "\"00:00-24:00\"}");
	for (size_t j = 0; j < i; j++)
		if (same_name(channel->channel_id, list[j].channel_id) ||
		    same_name(channel->channel_type, list[j].channel_type))
			config_reader_complain(in, node, here, "two are for the same channels");
}

void business_hours_channels(struct config_reader *in, const struct yaml *node, const char *where,
			     void *to)
{
	struct workspace_channels *channels = to;

	if (!node)
		return;
	if (node->kind != YAML_LIST) {
		config_reader_complain(in, node, where,
				       "a list was expected, such as [{channel_type: whatsapp, "
				       "hours: {mon-sun: \"07:00-22:00\"}}]");
		return;
	}
	channels->n = node->n;
	channels->channels = arena_alloc(in->arena, node->n * sizeof(*channels->channels));
	for (size_t i = 0; i < node->n; i++) {
		const char *here = arena_printf(in->arena, "%s[%zu]", where, i);

		config_reader_section(in, channel_keys, node->values[i], here,
				      &channels->channels[i]);
		check_channel(in, node->values[i], here, channels->channels, i);
	}
}

/* [pending, snoozed] into a struct target_pause. */
static void read_pause(struct config_reader *in, const struct yaml *node, const char *where,
		       void *to)
{
	struct target_pause *pause = to;

	for (size_t i = 0; node && node->kind == YAML_LIST && i < node->n; i++) {
		const char *status = node->values[i]->text;

		pause->pending |= strcmp(status, "pending") == 0;
		pause->snoozed |= strcmp(status, "snoozed") == 0;
		if (strcmp(status, "pending") != 0 && strcmp(status, "snoozed") != 0)
			config_reader_complain(in, node->values[i], where,
					       "the clock may stand still in pending and in "
					       "snoozed, not in \"%s\"",
					       status);
	}
	if (node && node->kind != YAML_LIST)
		config_reader_complain(in, node, where,
				       "a list was expected, such as [pending, snoozed]");
}

static const struct key target_keys[] = {
	{ "metric", KEY_TEXT, offsetof(struct workspace_target, metric), .required = true,
	  .help = "first_assignment, first_resolution, first_reply or next_reply." },
	{ "within", KEY_DURATION, offsetof(struct workspace_target, within), .required = true,
	  .min = 60 * USEC_PER_SEC, .max = 365 * 86400 * USEC_PER_SEC, .help = "How soon." },
	{ "channel_type", KEY_TEXT, offsetof(struct workspace_target, channel_type),
	  .help = "For channels of this kind only." },
	{ "label", KEY_TEXT, offsetof(struct workspace_target, label),
	  .help = "For conversations with this label only." },
	{ "pause", KEY_OWN, offsetof(struct workspace_target, pause), .read = read_pause,
	  .help = "Statuses in which the clock stands still: pending, snoozed." },
	KEY_END,
};

static bool is_metric(const char *name)
{
	static const char *const metrics[] = { "first_assignment", "first_resolution",
					       "first_reply", "next_reply" };

	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		if (strcmp(name, metrics[i]) == 0)
			return true;
	return false;
}

void business_hours_targets(struct config_reader *in, const struct yaml *node, const char *where,
			    void *to)
{
	struct workspace_targets *targets = to;

	if (!node)
		return;
	if (node->kind != YAML_LIST) {
		config_reader_complain(
			in, node, where,
			"a list was expected, such as [{metric: first_assignment, within: 15m}]");
		return;
	}
	targets->n = node->n;
	targets->targets = arena_alloc(in->arena, node->n * sizeof(*targets->targets));
	for (size_t i = 0; i < node->n; i++) {
		struct workspace_target *target = &targets->targets[i];
		const char *here = arena_printf(in->arena, "%s[%zu]", where, i);

		config_reader_section(in, target_keys, node->values[i], here, target);
		if (target->metric && !is_metric(target->metric))
			config_reader_complain(in, node->values[i], here,
					       "the metric is first_assignment, first_resolution, "
					       "first_reply or next_reply, not \"%s\"",
					       target->metric);
	}
}
