/* SPDX-License-Identifier: MIT */
#include "health.h"

#include <inttypes.h>

#include "time_format.h"

/* So many intervals, and so much time, pass before something is called bad. */
#define INTERVALS 3
#define REPORT_TRIES 2 /* a minute lies between them */
#define PATIENCE (5 * 60 * USEC_PER_SEC)

/* A workspace that nobody works on is taken at once, unless somebody keeps us from it. */
#define MOST_UNATTENDED (60 * USEC_PER_SEC)

const char *health_name(enum health health)
{
	static const char *const names[] = {
		[HEALTH_WELL] = "well",
		[HEALTH_LOADING] = "loading",
		[HEALTH_UNPROVEN] = "not proven",
		[HEALTH_DEMOTED] = "demoted",
		[HEALTH_REJECTED] = "rejected",
		[HEALTH_DIFFERS] = "differs",
		[HEALTH_EXCEPTED] = "well, with exceptions",
		[HEALTH_PAUSED] = "paused",
		[HEALTH_STANDBY] = "standby",
		[HEALTH_LATE] = "late",
		[HEALTH_FAILING] = "failing",
		[HEALTH_CLOCK] = "clock wrong",
		[HEALTH_REPORTS] = "reports late",
		[HEALTH_UNATTENDED] = "unattended",
	};

	assert((size_t)health < ARRAY_SIZE(names));
	return names[health];
}

bool health_is_bad(enum health health)
{
	return health == HEALTH_LATE || health == HEALTH_FAILING || health == HEALTH_REPORTS ||
	       health == HEALTH_CLOCK || health == HEALTH_UNATTENDED;
}

static int64_t patience(const struct stats *n)
{
	return INTERVALS * n->interval[CYCLE_INCREMENTAL] + PATIENCE;
}

/*
 * When a cycle of any kind last came to a good end; but a hinted one says little of the others.
 */
static int64_t last_success(const struct stats *n)
{
	int64_t last = TIME_NONE;

	for (int kind = 0; kind < CYCLE_SCHEDULED; kind++)
		if (kind != CYCLE_HINTED && kind != CYCLE_MESSAGES)
			last = max_i64(last, n->success[kind]);
	return last;
}

/* Of one whose cycles go well: how far it may be relied on. */
static enum health of_proof(const struct stats *n)
{
	static const enum health healths[] = {
		[PROOF_NONE] = HEALTH_LOADING,	    [PROOF_LOADING] = HEALTH_LOADING,
		[PROOF_UNPROVEN] = HEALTH_UNPROVEN, [PROOF_DEMOTED] = HEALTH_DEMOTED,
		[PROOF_REJECTED] = HEALTH_REJECTED, [PROOF_DIFFERS] = HEALTH_DIFFERS,
		[PROOF_EXCEPTED] = HEALTH_EXCEPTED, [PROOF_PROVEN] = HEALTH_WELL,
	};

	assert((size_t)n->proof < ARRAY_SIZE(healths));
	return healths[n->proof];
}

enum health health_of(const struct stats *n, int64_t now)
{
	int64_t last = last_success(n);

	if (n->paused != TIME_NONE)
		return HEALTH_PAUSED;
	if (!n->held && n->unattended != TIME_NONE && now - n->unattended > MOST_UNATTENDED)
		return HEALTH_UNATTENDED;
	if (!n->held)
		return HEALTH_STANDBY;
	/* A timer's cycles have no interval here; only how the last one went is known. */
	if (n->interval[CYCLE_INCREMENTAL] == TIME_NONE)
		return n->failures > 0 ? HEALTH_FAILING : of_proof(n);
	if (n->failures > 0 && n->troubled != TIME_NONE && now - n->troubled > patience(n))
		return HEALTH_FAILING;
	if (n->date_ahead > 0)
		return HEALTH_CLOCK;
	if (n->report_failures >= REPORT_TRIES)
		return HEALTH_REPORTS;
	if (n->proof <= PROOF_LOADING)
		return HEALTH_LOADING;
	/* A sweep may take hours; the quota decides. */
	if (!n->running && last != TIME_NONE && now - last > patience(n))
		return HEALTH_LATE;
	return of_proof(n);
}

void health_describe(const struct stats *n, int64_t now, struct buf *out)
{
	enum health health = health_of(n, now);
	char text[TIME_FORMAT_SIZE];

	buf_printf(out, "%s: %s", n->name, health_name(health));
	if (health == HEALTH_FAILING && n->troubled != TIME_NONE)
		buf_printf(out, " for %s: %s", duration_format(now - n->troubled, text),
			   n->trouble ? n->trouble : "");
	if (health == HEALTH_UNPROVEN || health == HEALTH_DEMOTED)
		buf_str(out, ": conversations may be missing; sahut-etl status says why");
	if (health == HEALTH_REJECTED)
		buf_printf(out,
			   ": %" PRId64 " items could not be loaded; sahut-etl rejected lists them",
			   n->holding);
	if (health == HEALTH_DIFFERS)
		buf_str(out, ": the counts differ from the API's; what differs is read next");
	if (health == HEALTH_EXCEPTED)
		buf_printf(out,
			   ": %" PRId64 " accepted items, %" PRId64 " unlisted conversations, "
			   "%" PRId64 " whose deletion is not believed",
			   n->exceptions[EXCEPTION_ACCEPTED], n->exceptions[EXCEPTION_UNLISTED],
			   n->exceptions[EXCEPTION_DISPUTED]);
	if (health == HEALTH_PAUSED)
		buf_printf(out, " since %s; sahut-etl resume lets it go on",
			   time_format(n->paused / USEC_PER_SEC * USEC_PER_SEC, text));
	if (health == HEALTH_LATE)
		buf_printf(out, ": no cycle has ended well for %s",
			   duration_format(now - last_success(n), text));
	if (health == HEALTH_CLOCK)
		buf_printf(out, ": a Date of the API was %s ahead of our clocks, and not believed",
			   duration_format(n->date_ahead, text));
	if (health == HEALTH_REPORTS)
		buf_str(out, ": the days of reports cannot be computed; sahut-etl status says why");
	if (health == HEALTH_UNATTENDED)
		buf_printf(out,
			   ": no process has worked on it for %s, and this one is kept from it",
			   duration_format(now - n->unattended, text));
	buf_char(out, '\n');
}
