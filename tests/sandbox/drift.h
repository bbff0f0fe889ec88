/* SPDX-License-Identifier: MIT */
/*
 * drift.h -- Chooses the changes of a workspace by chance.
 *
 * Their kind, their conversation and the new value are chosen. Most hit recent
 * conversations, as in life. It makes no change itself, but for the
 * conversations that begin, which it adds, hidden; that is for changes.h to do.
 */
#ifndef DRIFT_H
#define DRIFT_H

#include "base.h"
#include "chance.h"
#include "changes.h"
#include "err.h"
#include "world.h"

enum drift_kind {
	DRIFT_CREATE,
	DRIFT_UPDATE, /* a message: only updated_at moves */
	DRIFT_RESOLVE,
	DRIFT_REOPEN,
	DRIFT_REASSIGN, /* to another agent, or to nobody */
	DRIFT_RELABEL,
	DRIFT_SNOOZE, /* between open, pending and snoozed */
	DRIFT_SILENT, /* a label or the assignee, while updated_at stays */
	DRIFT_DELETE,
	N_DRIFT_KINDS,
};

/* How often each kind happens, as weights. */
struct drift_mix {
	uint32_t weights[N_DRIFT_KINDS];
};

/* The kind of that name. False when there is none. */
bool drift_parse(const char *name, enum drift_kind *ret) MUST_CHECK;

/*
 * Reads a mix: "create=2,update=6", or with "+" for the commas. Kinds that it
 * does not name have weight 0. False with ERR_CONFIG, also when all are 0.
 */
bool drift_mix_parse(const char *text, struct drift_mix *ret, struct err *err) MUST_CHECK;

/* Chooses a kind. */
enum drift_kind drift_choose(const struct drift_mix *mix, struct chance *chance) MUST_CHECK;

/* Fills RET with a change of that kind at AT. False when no conversation is fit for it. */
bool drift_make(struct world *world, struct chance *chance, enum drift_kind kind, uint32_t at,
		struct change *ret) MUST_CHECK;

/* Likewise of a given conversation, fit or not, and with no time yet; not for DRIFT_CREATE. */
struct change drift_make_of(const struct world *world, struct chance *chance, enum drift_kind kind,
			    uint32_t number) MUST_CHECK;

#endif
