/* SPDX-License-Identifier: MIT */
/*
 * track.h -- one cycle of one workspace: the engine, and the hands that do what it says.
 *
 * A track owns the requests in flight for its workspace, the batch that is
 * being gathered and the one that is being merged. track_turn() does all
 * that can be done now and never waits; turn.h goes round the tracks and
 * sleeps. Replies are fed to the engine in the order of sending; a failed
 * request is sent again here, and only when that is given up is the cycle
 * over.
 */
#ifndef TRACK_H
#define TRACK_H

#include "api.h"
#include "decode.h"
#include "engine.h"
#include "http.h"
#include "outbox.h"
#include "warehouse.h"

/* What the loop needs to know of a configured workspace. */
struct track_conf {
	const char *name, *timezone;
	struct api api;
	int per_minute;	   /* the plan's quota */
	int reserve;	   /* percent of it left for others */
	int max_in_flight; /* 0: as quota and latency have it */
	int64_t lookback;
	bool held; /* the warehouse holds its lock already, and keeps it */
	struct workspace_settings work;
};

/* What all tracks of a process share. */
struct track_means {
	const struct clock *clock;
	struct http *http;
	struct warehouse *warehouse;
	struct decode *decode;
	struct json_reader *json;
	const struct log *log; /* for a line a request, to who debugs; NULL: none */
};

enum track_state {
	TRACK_RUNNING,
	TRACK_DONE,    /* the cycle came to its end; `verdict` says to which */
	TRACK_PARTIAL, /* it stopped cleanly and goes on another time; `err` says why */
	TRACK_FAILED,  /* `err` says how */
};

/* How a cycle goes, and went. Counters flow up: whoever reports reads them here. */
struct track_progress {
	int workspace; /* its number in the warehouse */
	enum track_state state;
	enum verdict verdict;
	struct err err; /* of the end, or of the last request that is being tried again */
	bool retrying;
	enum strategy strategy;
	struct workspace_state before, now; /* what was known at the beginning, and is now */
	struct tally sum;		    /* of all its commits */
	int requests, pages, retried, throttled;
	int64_t rows;		    /* received */
	int64_t total;		    /* as the last page said; -1 before the first */
	int64_t page, last_page;    /* where the sweep stands */
	int64_t began, waits_until; /* monotonic; it waits for its quota until then, or 0 */
	bool fuse_blown;

	/* of a verify */
	const struct audit *audit;
	const struct cell *cells; /* that differ, N_CELLS of them; */
	int n_cells;
	const struct filter_ids *names; /* what their filters stand for */
};

struct track;

/*
 * Begins a cycle: registers the workspace, takes its lock unless that is held,
 * reads what is known of it and opens a run; but one that is only to look takes
 * no lock and leaves no run. CONF and MEANS must outlive the track. NULL with the
 * reason in ERR: ERR_BUSY when another process has the lock.
 */
struct track *track_begin(const struct track_conf *conf, const struct track_means *means,
			  const struct engine_conf *engine, struct err *err) MUST_CHECK;

/*
 * Ends the cycle as partial, because of WHY: a batch that is being merged still
 * is, what is in flight is dropped. track_over() says when it has come to rest.
 */
void track_stop(struct track *track, const struct err *why);

/* Ends it whatever it is doing, gives the lock back that it took, and frees it. */
void track_end(struct track **track);

/*
 * Does what can be done NOW, on the monotonic clock. Returns when to look again at the
 * latest; TIME_NEVER for "when something happens".
 */
int64_t track_turn(struct track *track, int64_t now);

/* Whether it is over, and the warehouse does nothing for it any more. */
bool track_over(const struct track *track) MUST_CHECK;

/* Whether it wants the warehouse and can have it now. */
bool track_can_go_on(const struct track *track) MUST_CHECK;

/* How it goes. Valid until the next turn. */
const struct track_progress *track_progress(const struct track *track) MUST_CHECK;

/* The workspace's name. */
const char *track_name(const struct track *track) MUST_CHECK;

/*
 * What the run is for: first_load, incremental, full, verify or repair; also
 * the ledger's purpose.
 */
const char *track_kind(const struct track *track) MUST_CHECK;

/* The number of its run; 0 of one that only looks. */
int64_t track_run(const struct track *track) MUST_CHECK;

#endif
