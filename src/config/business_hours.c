/* SPDX-License-Identifier: MIT */
#include "business_hours.h"

#include <stdio.h>
#include <string.h>

#include "time_format.h"

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

/* Reads "08:00-17:00". */
static bool read_span(const char *text, int *opens, int *closes)
{
	const char *dash = strchr(text, '-');
	char from[8];

	if (!dash || dash - text >= (int)sizeof(from))
		return false;
	snprintf(from, sizeof(from), "%.*s", (int)(dash - text), text);
	return time_parse_clock(from, opens) && time_parse_clock(dash + 1, closes) &&
	       *opens < *closes;
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
		int first, last, opens, closes;

		if (!read_days(node->keys[i]->text, &first, &last)) {
			config_reader_complain(in, node->keys[i], where,
					       "a day such as sat, or days such as mon-fri, were "
					       "expected, not \"%s\"",
					       node->keys[i]->text);
			continue;
		}
		if (!read_span(node->values[i]->text, &opens, &closes)) {
			config_reader_complain(
				in, node->values[i], where,
				"hours such as \"08:00-17:00\" were expected, not \"%s\"",
				node->values[i]->text);
			continue;
		}
		for (int day = first; day <= last; day++) {
			hours->opens[day] = opens;
			hours->closes[day] = closes;
		}
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
	holidays->days = arena_alloc(in->arena, node->n * sizeof(*holidays->days));
	for (size_t i = 0; i < node->n; i++) {
		char midnight[32];
		int64_t t;

		snprintf(midnight, sizeof(midnight), "%.20sT00:00:00Z", node->values[i]->text);
		if (strlen(node->values[i]->text) == 10 &&
		    time_parse(midnight, strlen(midnight), &t))
			holidays->days[holidays->n++] = node->values[i]->text;
		else
			config_reader_complain(in, node->values[i], where,
					       "a date such as 2027-01-01 was expected, not \"%s\"",
					       node->values[i]->text);
	}
}

static const struct key target_keys[] = {
	{ "metric", KEY_TEXT, offsetof(struct workspace_target, metric), .required = true,
	  .help = "first_assignment or first_resolution." },
	{ "within", KEY_DURATION, offsetof(struct workspace_target, within), .required = true,
	  .min = 60 * USEC_PER_SEC, .max = 365 * 86400 * USEC_PER_SEC, .help = "How soon." },
	{ "channel_type", KEY_TEXT, offsetof(struct workspace_target, channel_type),
	  .help = "For channels of this kind only." },
	{ "label", KEY_TEXT, offsetof(struct workspace_target, label),
	  .help = "For conversations with this label only." },
	KEY_END,
};

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
		if (target->metric && strcmp(target->metric, "first_assignment") != 0 &&
		    strcmp(target->metric, "first_resolution") != 0)
			config_reader_complain(
				in, node->values[i], here,
				"the metric is first_assignment or first_resolution, not \"%s\"",
				target->metric);
	}
}
