/* SPDX-License-Identifier: MIT */
/*
 * metabase_part.h -- Decides part by part: is it ours to write, or did
 * somebody change it?
 *
 * A card has a name, a description, a query and so on, and each has three
 * states: as we sent it last, as Metabase shows it now, and as we want it. We
 * write a part whose wish has changed and which nobody touched; a part that
 * somebody changed is theirs.
 */
#ifndef METABASE_PART_H
#define METABASE_PART_H

#include "buf.h"
#include "json.h"
#include "metabase_state.h"

enum metabase_verdict {
	METABASE_SAME, /* as we want it */
	METABASE_KEEP, /* somebody changed it, and we want nothing new */
	METABASE_SEND, /* to be written */
	METABASE_LEFT, /* we want it anew, and somebody changed it: it stays */
};

/* The knowledge of an object before it is looked at. */
struct metabase_base {
	struct metabase_state_row known; /* .id 0: nothing is remembered of this object */
	bool untouched;			 /* all of it is as we once wrote it, as it says itself */
	bool take;			 /* where nothing is known of a part, it is written */
	bool force;			 /* each part that differs is written */
	const struct json_at *twin; /* the wish in the other language; NULL where it is the same */
};

/* The verdict on PART of the object that is wanted as WANT and shown as SHOWN. */
enum metabase_verdict metabase_part_judge(const struct metabase_base *base, const char *part,
					  const struct json_at *want,
					  const struct json_at *shown) MUST_CHECK;

/* The memory of an object, to be written. Begins empty. */
struct metabase_note {
	struct buf sent, seen;
};

#define METABASE_NOTE_INIT \
	{ \
		BUF_MAX(4096), BUF_MAX(4096) \
	}

/*
 * Adds PART: as wanted and as it is shown now, if it is the same or was
 * written; else as it was remembered.
 */
void metabase_part_note(struct metabase_note *note, const struct metabase_base *base,
			const char *part, enum metabase_verdict verdict,
			const struct json_at sides[2]);

/* Frees a note. Fit for CLEANUP. */
void metabase_part_note_free(struct metabase_note *note);

/* Whether the memory of the object numbered ID is the same as the note already. */
bool metabase_part_note_known(const struct metabase_note *note, const struct metabase_base *base,
			      int64_t id) MUST_CHECK;

#endif
