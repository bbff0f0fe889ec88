/* SPDX-License-Identifier: MIT */
#include "curve.h"

#include <string.h>

#include "api_time.h"

/* How late a creation shows may differ from one to the other by so much. */
#define JITTER (5 * USEC_PER_SEC)

/* A total that lags by no more than this is ruled out to lag at all by a moment of rest. */
#define SHORT_LAG (10 * USEC_PER_SEC)

/* Of so many that were created one may have gone before it was seen. */
#define YOUNG_AND_GONE 8

/* So many steps, and creations in so many different seconds, are not matched by luck. */
#define LEAST_STEPS 8
#define LEAST_SECONDS 8

/* ---- totals that were told ------------------------------------------- */

static void drop_first(struct curve *curve, int n)
{
	curve->n -= n;
	memmove(curve->steps, curve->steps + n, (size_t)curve->n * sizeof(*curve->steps));
}

void curve_note(struct curve *curve, int64_t date, int64_t total, int most)
{
	struct curve_step *last = curve->n > 0 ? &curve->steps[curve->n - 1] : NULL;

	if (date == TIME_NONE)
		return;
	/* Answers overtake one another; but a clock that was set back begins anew. */
	if (last && date < last->to) {
		if (date < last->to - 60 * USEC_PER_SEC)
			curve->n = 0;
		return;
	}
	if (last && last->total == total) {
		last->to = date;
		return;
	}
	if (curve->n >= most)
		drop_first(curve, curve->n - most + 1);
	curve->steps[curve->n++] = (struct curve_step){ .from = date, .to = date, .total = total };
}

int64_t curve_window(const struct curve *curve, int64_t lookback)
{
	return curve->n > 0 ? curve->steps[0].from - lookback - 2 * API_TIME_CLOCKS : TIME_NEVER;
}

/* ---- conversations that were seen ------------------------------------ */

/* Of those that were seen from an instant on: how many old ones, and when the others began. */
struct count {
	int64_t old;
	int n;
	int64_t born[BIRTHS_MOST];
};

static void begin_count(struct count *count, const struct curve_seen *seen, int64_t after)
{
	count->old = count->n = 0;
	for (int i = 0; i < seen->groups; i++)
		if (seen->group[i].since >= after)
			count->old += seen->group[i].n;
	for (int i = 0; i < seen->births; i++)
		if (seen->birth[i].since >= after)
			count->born[count->n++] = seen->birth[i].created;
}

/* How many of them were created before T. */
static int64_t created_before(const struct count *count, int64_t t)
{
	int low = 0, high = count->n;

	while (low < high) {
		int middle = (low + high) / 2;

		if (count->born[middle] < t)
			low = middle + 1;
		else
			high = middle;
	}
	return count->old + low;
}

/* ---- hypotheses ------------------------------------------------------ */

/* Whether a total at T is the number of creations, on a clock that is ahead by AHEAD. */
static bool fits_at(const struct count *count, int64_t t, int64_t total, int64_t ahead)
{
	return created_before(count, t + ahead) <= total &&
	       total <= created_before(count, t + ahead + USEC_PER_SEC);
}

static bool fits(const struct count *count, const struct curve_step *step, int64_t ahead)
{
	return fits_at(count, step->from, step->total, ahead) &&
	       fits_at(count, step->to, step->total, ahead);
}

/*
 * Whether totals that lag by LAG rule out that old ones are missing: as many all the time, or
 * fewer once some of them are deleted.
 */
static bool rules_out(const struct count *count, const struct curve_step *run, int n, int64_t lag)
{
	int64_t missing = INT64_MAX;

	for (int i = 0; i < 2 * n; i++) {
		const struct curve_step *step = &run[i / 2];
		int64_t t = (i % 2 ? step->to : step->from) - lag;
		int64_t least = step->total - created_before(count, t + USEC_PER_SEC);

		missing = min_i64(missing, step->total - created_before(count, t - JITTER));
		if (missing < max_i64(least, 1))
			return true;
	}
	return false;
}

/*
 * Whether a total has no room for a missing one, though it may lag a little: nothing was created
 * for some time before it. Events between the others do not matter then.
 */
static bool has_no_room(const struct count *count, const struct curve_step *run, int n)
{
	for (int i = 0; i < n; i++)
		if (run[i].total <= created_before(count, run[i].to - SHORT_LAG - JITTER))
			return true;
	return false;
}

/* In how many different seconds from one instant to another there was a creation. */
static int seconds_with_births(const struct count *count, int64_t from, int64_t to)
{
	int64_t last = TIME_NONE;
	int n = 0;

	for (int i = 0; i < count->n; i++) {
		int64_t second = count->born[i] / USEC_PER_SEC;

		if (count->born[i] < from || count->born[i] >= to || second == last)
			continue;
		last = second;
		n++;
	}
	return n;
}

/* Whether the steps of a run, which all fit, leave nothing else that fits. */
static bool convinces(const struct count *count, const struct curve_step *run, int n,
		      int64_t lookback)
{
	if (n < LEAST_STEPS ||
	    seconds_with_births(count, run[0].from, run[n - 1].to) < LEAST_SECONDS ||
	    !has_no_room(count, run, n))
		return false;
	for (int64_t lag = SHORT_LAG; lag <= lookback; lag += USEC_PER_SEC)
		if (!rules_out(count, run, n, lag))
			return false;
	return true;
}

/*
 * How many of the N steps, the last of them, follow the creations for one difference of the clocks,
 * so that no conversation is missing that was there when the first of those was told. 0: none.
 */
static int follow(const struct count *count, const struct curve_step *steps, int n,
		  int64_t lookback)
{
	for (int64_t ahead = -API_TIME_CLOCKS; ahead <= API_TIME_CLOCKS; ahead += USEC_PER_SEC) {
		int tried = LEAST_STEPS, run = 0;

		while (run < n && fits(count, &steps[n - 1 - run], ahead)) {
			/* The shorter it is, the later is the instant; but trying costs. */
			if (++run < tried && run < n)
				continue;
			tried = run + run / 4;
			if (convinces(count, &steps[n - run], run, lookback))
				return run;
		}
	}
	return 0;
}

bool curve_is_steady(const struct curve *curve, const struct curve_seen *seen, int64_t pass)
{
	int64_t rises = 0, births = 0;

	for (int i = 1; i < curve->n && curve->steps[i].from <= pass; i++)
		rises += max_i64(0, curve->steps[i].total - curve->steps[i - 1].total);
	for (int i = 0; i < seen->births; i++)
		births += seen->birth[i].created > curve->steps[0].from - JITTER &&
			  seen->birth[i].created < pass + API_TIME_CLOCKS;
	return rises <= births + births / YOUNG_AND_GONE;
}

bool curve_proves(const struct curve *curve, const struct curve_seen *seen, int64_t pass,
		  int64_t lookback, int64_t *as_of)
{
	struct curve steps = *curve;
	struct count count;
	int run;

	for (int k = curve_is_steady(curve, seen, pass) ? steps.n : 0; k > 0; k--) {
		struct curve_step *last = &steps.steps[k - 1];

		/*
		 * A conversation that a machine which is behind still showed had not gone by then.
		 */
		if (last->from + lookback > pass)
			continue;
		last->to = min_i64(last->to, pass - lookback);
		begin_count(&count, seen, last->to + lookback);
		*as_of = last->to;
		if (created_before(&count, last->to - lookback) == last->total)
			return true;
		run = follow(&count, steps.steps, k, lookback);
		*as_of = steps.steps[k - max_i64(run, 1)].from;
		if (run > 0)
			return true;
	}
	return false;
}
