/* SPDX-License-Identifier: MIT */
/*
 * metabase_object.h -- Brings one object of a Metabase to its wanted form.
 *
 * An object is written when the wanted form has changed, and never when
 * somebody edited it there: then it is theirs, and we say so. Metabase answers
 * in another form in every version, so its answer is never compared with the
 * text that was sent; it is compared with the answer right after our last
 * write.
 */
#ifndef METABASE_OBJECT_H
#define METABASE_OBJECT_H

#include "buf.h"
#include "err.h"
#include "json.h"
#include "metabase.h"
#include "metabase_state.h"

/* One `metabase apply`. */
struct metabase_run {
	struct metabase *mb;
	struct metabase_state *state;
	struct json_at spec;   /* etc/metabase/dashboards.json */
	bool dry_run;	       /* nothing is written */
	bool prune;	       /* objects that are not wanted any more are taken away */
	bool force;	       /* edits are overwritten */
	struct buf *report;    /* a line for each object that is or would be written */
	int kept;	       /* objects that were as they should be */
	int left;	       /* objects that somebody edited */
	int broken;	       /* cards that do not run */
	int64_t database;      /* its number, once it is known; 0 before */
	struct json *metadata; /* its tables and fields, likewise */
	struct json *cards;    /* all that ask this database; NULL until they are looked for */
};

struct metabase_object {
	const char *key;		   /* the key that it is remembered under:
                                            * "card:volume_created" */
	const char *what;		   /* for people: "card \"Created\"" */
	const char *path;		   /* of its kind: "/card" */
	const struct buf *create, *change; /* the bodies of POST and PUT */
	const struct buf *spec; /* the wanted form, without secrets; its hash tells a change */

	/* Its number by other means than memory, 0 for none. False when that is not clear. */
	bool (*find)(struct metabase_run *run, struct metabase_object *object, int64_t *id,
		     struct err *err);
	const char *name; /* the name that find() looks for */
	const char *mark; /* and first, in kinds that carry one: the beginning of its SQL */
	int64_t place;	  /* and in which collection */

	/*
	 * Adds the part of its present state that tells an edit; NULL for kinds that nobody edits.
	 */
	void (*show)(const struct json_at *at, struct buf *out);
};

struct metabase_result {
	int64_t id;   /* 0: it would be made, in a dry run */
	bool written; /* made or changed in this run */
	bool made;    /* made in this run */
	bool edited;  /* it is to change, and somebody edited it: it was left as it is */
};

/* Makes, changes or keeps it. */
bool metabase_object_ensure(struct metabase_run *run, struct metabase_object *object,
			    struct metabase_result *ret, struct err *err) MUST_CHECK;

/* Remembers it as it is now, after more was written to it. */
bool metabase_object_remember(struct metabase_run *run, const struct metabase_object *object,
			      int64_t id, struct err *err) MUST_CHECK;

/* Adds a line to the report: VERB ("make", "change", ...) is done to the object WHAT. */
void metabase_object_log(struct metabase_run *run, const char *verb, const char *what);

#endif
