/* SPDX-License-Identifier: MIT */
#include "health.h"

#include "time_format.h"

/* So many intervals, and so much time, pass before something is called bad. */
#define INTERVALS 3
#define REPORT_TRIES 2 /* a minute lies between them */
#define PATIENCE (5 * 60 * USEC_PER_SEC)

/* What nobody works on is taken at once, unless somebody keeps us from it. */
#define MOST_UNATTENDED (60 * USEC_PER_SEC)

const char *health_name(enum health health)
{
	static const char *const names[] = {
		[HEALTH_WELL] = "well",
		[HEALTH_LOADING] = "loading",
		[HEALTH_STANDBY] = "standby",
		[HEALTH_LATE] = "late",
		[HEALTH_FAILING] = "failing",
		[HEALTH_REPORTS] = "reports late",
		[HEALTH_UNATTENDED] = "unattended",
	};

	assert((size_t)health < ARRAY_SIZE(names));
	return names[health];
}

bool health_is_bad(enum health health)
{
	return health == HEALTH_LATE || health == HEALTH_FAILING || health == HEALTH_REPORTS ||
	       health == HEALTH_UNATTENDED;
}

static int64_t patience(const struct stats *n)
{
	return INTERVALS * n->interval[CYCLE_INCREMENTAL] + PATIENCE;
}

/* When a cycle last came to a good end, whatever it was for. */
static int64_t last_success(const struct stats *n)
{
	int64_t last = TIME_NONE;

	for (int kind = 0; kind < CYCLE_SCHEDULED; kind++)
		last = max_i64(last, n->success[kind]);
	return last;
}

enum health health_of(const struct stats *n, int64_t now)
{
	int64_t last = last_success(n);

	if (!n->held && n->unattended != TIME_NONE && now - n->unattended > MOST_UNATTENDED)
		return HEALTH_UNATTENDED;
	if (!n->held)
		return HEALTH_STANDBY;
	/* A timer's cycles have no interval here; only how the last one went is known. */
	if (n->interval[CYCLE_INCREMENTAL] == TIME_NONE)
		return n->failures > 0 ? HEALTH_FAILING : HEALTH_WELL;
	if (n->failures > 0 && n->troubled != TIME_NONE && now - n->troubled > patience(n))
		return HEALTH_FAILING;
	if (n->report_failures >= REPORT_TRIES)
		return HEALTH_REPORTS;
	if (n->complete_as_of == TIME_NONE)
		return HEALTH_LOADING;
	/* A sweep may take hours; the quota decides. */
	if (!n->running && last != TIME_NONE && now - last > patience(n))
		return HEALTH_LATE;
	return HEALTH_WELL;
}

void health_describe(const struct stats *n, int64_t now, struct buf *out)
{
	enum health health = health_of(n, now);
	char text[TIMETEXT_SIZE];

	buf_printf(out, "%s: %s", n->name, health_name(health));
	if (health == HEALTH_FAILING && n->troubled != TIME_NONE)
		buf_printf(out, " for %s: %s", duration_format(now - n->troubled, text),
			   n->trouble ? n->trouble : "");
	if (health == HEALTH_LATE)
		buf_printf(out, ": no cycle has ended well for %s",
			   duration_format(now - last_success(n), text));
	if (health == HEALTH_REPORTS)
		buf_str(out, ": the days of reports cannot be computed; sahut-etl status says why");
	if (health == HEALTH_UNATTENDED)
		buf_printf(out,
			   ": no process has worked on it for %s, and this one is kept from it",
			   duration_format(now - n->unattended, text));
	buf_char(out, '\n');
}
