/* SPDX-License-Identifier: MIT */
/*
 * settings.h -- Lists the settings of a workspace.
 *
 * One table has every setting with its name on the command line, its name in
 * the control endpoint, its bounds and its help. A text is read in the same way
 * from both.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "base.h"
#include "drift.h"
#include "err.h"
#include "json.h"
#include "order.h"

/* The answer to a request for a page beyond the depth of a list. */
enum settings_beyond {
	SETTINGS_400, /* it is refused, with one of three statuses */
	SETTINGS_404,
	SETTINGS_422,
	SETTINGS_EMPTY,	 /* it has no rows */
	SETTINGS_REPEAT, /* it is the last page that can be had, once more */
};

/* How the signature of an event is written. */
enum settings_signature {
	SETTINGS_HEX,
	SETTINGS_SHA256_HEX, /* sha256=... */
	SETTINGS_BASE64,
};

/* Which rows a list with a filter shows. */
enum settings_filters {
	SETTINGS_HEEDED,
	SETTINGS_IGNORED,  /* all that there are */
	SETTINGS_NOTHING,  /* none */
	SETTINGS_ASSIGNED, /* of those that it should only what somebody works on */
	SETTINGS_NULL,	   /* the answer is null, */
	SETTINGS_OBJECT,   /* or an empty object */
};

/* Which rows come twice. */
enum settings_twice {
	SETTINGS_NEVER,
	SETTINGS_BESIDE,  /* some, one after the other, */
	SETTINGS_COUNTED, /* and in the total, too; */
	SETTINGS_INSTEAD, /* or in the place of the one behind it, which is not shown; */
	SETTINGS_OLDER,	  /* or a page further on, as it was before it changed */
};

struct settings {
	/* The start decides. */
	char key[128], marker[128];
	int64_t conversations, seed, resolved, days;

	/* Can be changed while it runs. */
	enum order order;
	int64_t requests_per_minute; /* 0: no limit */
	int64_t latency_ms;
	struct drift_mix drift;
	double drift_per_request, drift_per_second;
	int64_t late;	   /* changes become visible up to so many seconds later, by chance */
	int64_t lag;	   /* and always so many seconds later */
	int64_t date_skew; /* seconds by which the Date header is ahead */
	int64_t per_page_max;
	bool no_date;

	/* How far lists reach, and which conversations they keep to themselves (reach.h). */
	int64_t depth;	    /* no page goes beyond so many conversations; 0: all do */
	int64_t beyond;	    /* enum settings_beyond */
	int64_t leaves_out; /* status that the list of all leaves out; N_STATUSES: none */
	int64_t window;	    /* only conversations changed in so many seconds are listed; 0: all */
	int64_t total_as;   /* enum page_total */
	int64_t total_most; /* totals stop counting there; 0: they do not */
	bool unassigned_refused;

	/* How badly they are built (flaw.h). */
	int64_t filters;	    /* enum settings_filters */
	int64_t twice, twice_every; /* enum settings_twice; one row in so many */
	int64_t pages_share;	    /* so many rows of a page are the last ones of the one before */
	int64_t per_page_least;	    /* no page has fewer rows, whatever was asked for */
	bool per_page_untold;	    /* meta repeats per_page as it was asked for */
	int64_t total_seconds;	    /* totals are counted once in so many seconds */
	int64_t lists_late, gets_late; /* those answers are as of so many seconds ago */

	/* How items are written (struct world_style). */
	bool mistyped;
	int64_t ids, times;

	/* Of the events of webhooks. */
	int64_t webhook_signature;	       /* enum settings_signature */
	int64_t webhook_repeat, webhook_forge; /* percent that are sent twice, or forged as well */
	int64_t webhook_disorder_ms;	       /* each is sent up to so much later, by chance */
	bool webhook_silent;		       /* none is sent */
};

/* There are not more of them. */
#define SETTINGS_MOST 48

/* How one setting is spelled on the command line. */
struct settings_option {
	const char *name, *arg, *help;
};

/* The I-th setting that the command line has; NULL behind the last one. */
const struct settings_option *settings_option(size_t i) MUST_CHECK;

/* All defaults. */
void settings_default(struct settings *settings);

/* Sets the I-th setting of settings_option(). False with ERR_USAGE. */
bool settings_set(struct settings *settings, size_t i, const char *text,
		  struct err *err) MUST_CHECK;

/*
 * Reads "key=K,conversations=N,...", with the names of the options; those that
 * it leaves out get their defaults. The mix of drift has "+" for its commas.
 * False with ERR_USAGE.
 */
bool settings_read(struct settings *settings, const char *text, struct err *err) MUST_CHECK;

/*
 * Takes over the settings in an object that can be changed while it runs; all of them or, with
 * ERR_DATA, none.
 */
bool settings_change(struct settings *settings, const struct json_at *at,
		     struct err *err) MUST_CHECK;

#endif
