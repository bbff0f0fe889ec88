/* SPDX-License-Identifier: MIT */
/*
 * metabase_object.h -- Brings one object of a Metabase to its wanted form.
 *
 * An object is found by the memory in the warehouse, and where that is lost by
 * its own marks. Its parts are written one by one: those whose wish has
 * changed, and never one that somebody edited (metabase_part.h); that is said.
 */
#ifndef METABASE_OBJECT_H
#define METABASE_OBJECT_H

#include "buf.h"
#include "err.h"
#include "json.h"
#include "metabase.h"
#include "metabase_part.h"
#include "metabase_state.h"
#include "report_text.h"

/* One `metabase apply`. */
struct metabase_run {
	struct metabase *mb;
	struct metabase_state *state;
	struct json_at spec;   /* etc/metabase/dashboards.json */
	enum lang lang;	       /* of names and descriptions */
	bool dry_run;	       /* nothing is written */
	bool prune;	       /* objects that the program has no more are taken away */
	bool force;	       /* edits are overwritten */
	struct buf *report;    /* a line for each object that is or would be written */
	int kept;	       /* objects that were as they should be */
	int left;	       /* objects that somebody edited */
	int broken;	       /* cards that do not run */
	int64_t database;      /* its number, once it is known; 0 before */
	bool again;	       /* our cards were there, and the warehouse knows nothing of them */
	struct json *metadata; /* its tables and fields, likewise */
	struct json *cards;    /* all that ask this database; NULL until they are looked for */
	struct json *trash;    /* cards in the trash, likewise */
};

/* TEXT of dashboards.json in the language of this run. */
const char *metabase_object_words(const struct metabase_run *run, const char *text) MUST_CHECK;

/* The language that is not that of RUN. */
enum lang metabase_object_other_lang(const struct metabase_run *run) MUST_CHECK;

/* Whether NAME is how TEXT of dashboards.json reads in one of the languages. */
bool metabase_object_is_named(const char *text, const char *name) MUST_CHECK;

struct metabase_object {
	const char *key;	  /* under which it is remembered: "card:volume_created" */
	const char *what;	  /* for people: "card \"Created\"" */
	const char *path;	  /* of its kind: "/card" */
	const struct buf *body;	  /* of the POST: JSON, with all parts in it */
	const struct buf *twin;	  /* the same in the other language, or NULL */
	const char *const *parts; /* members of it that are kept up, NULL behind the last */
	const char *along;	  /* a part that goes along with any other, or NULL */
	const char *forced;	  /* a part that --force always writes, or NULL */
	bool take;		  /* where it is there and nothing is known of it, it is written */

	/* Its number by other means than memory, 0 for none. False when that is not clear. */
	bool (*find)(struct metabase_run *run, struct metabase_object *object, int64_t *id,
		     struct err *err);
	/* Whether it says of itself that it is as we once wrote it; NULL: it cannot say that. */
	bool (*untouched)(const struct json_at *shown);
	const char *name;	    /* for find(), as in dashboards.json */
	const struct json_at *spec; /* its entry there, or NULL */
	int64_t place;		    /* and in which collection */
	const void *with;	    /* more for find() */
};

struct metabase_result {
	int64_t id;   /* 0: it would be made, in a dry run */
	bool written; /* made or changed in this run */
	bool made;    /* made in this run */
	bool trashed; /* somebody put it into the trash, where it stays */
};

/* Makes, changes or keeps it. */
bool metabase_object_ensure(struct metabase_run *run, struct metabase_object *object,
			    struct metabase_result *ret, struct err *err) MUST_CHECK;

/* Adds a line to the report: the deed ("make", "change", ...) and the object. */
void metabase_object_log(struct metabase_run *run, const char *verb, const char *what);

/* Adds the line that parts of WHAT stay as somebody edited them; PARTS names them. */
void metabase_object_log_left(struct metabase_run *run, const char *what, const struct buf *parts);

/* The name of PART for people. */
const char *metabase_object_part(const char *part) MUST_CHECK;

#endif
