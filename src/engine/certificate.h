/* SPDX-License-Identifier: MIT */
/*
 * certificate.h -- Proves by counting that a full sweep skipped nothing.
 *
 * By counting, as with pigeonholes (PROTOCOL.md, rule 6). The first
 * response of a pass said how many conversations there were. One that was
 * created before it, less the lookback, was among them. When as many
 * distinct ones of those have been seen as there were, less those of the
 * first response that were created later, none is missing. How many were
 * created later is only known when the pass began at the list's fresh end,
 * in an order that is proven; without that they count as owed.
 */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include "workspace_state.h"

/* The order in which the pass found the list: as it was proven before, or by this very pass. */
enum order certificate_order(const struct workspace_state *state) MUST_CHECK;

/* Whether the response that began the pass showed the newest conversations of the list. */
bool certificate_began_fresh(const struct workspace_state *state) MUST_CHECK;

/* How many conversations, of those that were there when the pass began, it had to show. */
int64_t certificate_owed(const struct workspace_state *state) MUST_CHECK;

/*
 * Whether the totals can be numbers of conversations, of the pass or of ALL passes, where the
 * first response counted TOTAL. Where no order was known before, none may be larger: a machine
 * that is behind may have shown one that had gone, and counted it.
 */
bool certificate_is_sound(const struct workspace_state *state, int64_t total, bool all) MUST_CHECK;

/* Whether totals were told so long before the pass that they can prove it. */
bool certificate_has_curve(const struct workspace_state *state) MUST_CHECK;

/* Whether the pass is one page: one moment, in which all that is on it was there together. */
bool certificate_is_snapshot(const struct workspace_state *state) MUST_CHECK;

/*
 * Whether the list must be looked at again from its fresh end, because rows
 * may have jumped there before they were read.
 */
bool certificate_needs_closing(const struct workspace_state *state) MUST_CHECK;

/*
 * The instant before which a conversation must have been created to count,
 * for a pass begun at STARTED.
 */
int64_t certificate_before(const struct workspace_state *state, int64_t started) MUST_CHECK;

/*
 * Grants the certificate for everything that was there at STARTED: the order is learned, the
 * instants rise.
 */
void certificate_grant(struct workspace_state *state, int64_t started);

/* Nothing was proven, and why. The sweep is over; it will be tried again, later each time. */
void certificate_deny(struct workspace_state *state, enum unproven why);

#endif
