/* SPDX-License-Identifier: MIT */
/*
 * curve.h -- Proves by totals that were told before a list was read.
 *
 * Each response of the whole list tells a total. One that was told before a
 * pass began counts the conversations that the pass had to show, as its first
 * response does: when as many old conversations were seen after it as it
 * counts, none is missing. A busy list has no moment without a young
 * conversation; then the totals of some time must follow the creations step by
 * step, so that no number of missing ones fits as well (PROTOCOL.md, rule 6).
 * Pure, like all of the engine.
 */
#ifndef CURVE_H
#define CURVE_H

#include "base.h"

/* So many totals are remembered; of a list that goes by update fewer are needed. */
#define CURVE_MOST 256
#define CURVE_FEW 8

/* All responses from one instant to another told this total. */
struct curve_step {
	int64_t from, to, total;
};

struct curve {
	int n;
	struct curve_step steps[CURVE_MOST];
};

/* So many groups, and young conversations, are looked at. */
#define SIGHTINGS_MOST 512
#define BIRTHS_MOST 1024

/*
 * The conversations that a full sweep saw, by when it saw each last: at or after `since`. Of the
 * old ones the number, of the young ones each.
 */
struct curve_seen {
	int groups, births;
	struct {
		int64_t since, n;
	} group[SIGHTINGS_MOST];
	struct {
		int64_t created, since; /* in the order of creation */
	} birth[BIRTHS_MOST];
};

/* A response at DATE told TOTAL. Of steps no more than MOST are kept. */
void curve_note(struct curve *curve, int64_t date, int64_t total, int most);

/*
 * From when on conversations are young: before that, none was created that a total of the
 * curve could have counted or not.
 */
int64_t curve_window(const struct curve *curve, int64_t lookback) MUST_CHECK;

/*
 * Whether totals rose as often as conversations were created, up to the beginning of a PASS, and
 * not more often: totals that are estimated, or told by machines of which some are behind, rise and
 * fall all the time.
 */
bool curve_is_steady(const struct curve *curve, const struct curve_seen *seen,
		     int64_t pass) MUST_CHECK;

/*
 * Whether SEEN shows that no conversation is missing that was there at some instant, which goes to
 * *AS_OF. The last pass over the list that was complete began at PASS.
 */
bool curve_proves(const struct curve *curve, const struct curve_seen *seen, int64_t pass,
		  int64_t lookback, int64_t *as_of) MUST_CHECK;

#endif
