/* SPDX-License-Identifier: MIT */
/*
 * cycle.h -- Runs one cycle of one workspace: does the actions that the
 * engine asks for.
 *
 * A cycle owns the requests in flight for its workspace, the batch that is
 * being gathered and the one that is being merged. cycle_turn() does all
 * that can be done now and never waits; loop.h goes round the cycles and
 * sleeps. Replies are fed to the engine in the order of sending; a failed
 * request is sent again here, and only when that is given up is the cycle
 * over.
 */
#ifndef CYCLE_H
#define CYCLE_H

#include "api.h"
#include "decode.h"
#include "engine.h"
#include "fair_share.h"
#include "hints.h"
#include "http.h"
#include "request_queue.h"
#include "warehouse.h"

/* The ports that all cycles of a process share. */
struct cycle_env {
	const struct clock *clock;
	struct http *http;
	struct warehouse *warehouse;
	struct decode *decode;
	struct json_reader *json;
	bool held; /* the warehouse holds the workspaces' locks already, and keeps them */
	const struct log *log; /* for a line a request, at the level debug; NULL: none */
};

enum cycle_state {
	CYCLE_RUNNING,
	CYCLE_DONE,    /* the cycle came to its end; `verdict` says to which */
	CYCLE_PARTIAL, /* it stopped cleanly and goes on another time; `err` says why */
	CYCLE_FAILED,  /* `err` says how */
};

/* How a cycle goes, and went. Counters flow up: the modules that report read them here. */
struct cycle_progress {
	int workspace; /* its number in the warehouse */
	enum cycle_state state;
	enum verdict verdict;
	struct err err; /* of the end, or of the last request that is being tried again */
	bool retrying;
	enum strategy strategy;
	struct workspace_state before, now; /* the state at the beginning, and at present */
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
	const struct filter_ids *names; /* the names of their filters */
};

struct cycle;

/*
 * Begins a cycle: registers the workspace, takes its lock unless that is held,
 * reads its state and opens a run; but a cycle that is only to look takes no
 * lock and leaves no run. CONF and ENV must outlive the cycle. NULL with the
 * reason in ERR: ERR_BUSY when another process has the lock.
 */
struct cycle *cycle_begin(const struct workspace_conf *conf, const struct cycle_env *env,
			  enum cycle_kind kind, struct err *err) MUST_CHECK;

/* The hints of a cycle that looks at them. */
struct cycle_hints {
	const struct hints *hints; /* those that are taken; they are copied */
	int usual_cost;		   /* requests that the last cycle of changes took; 0: not known */
};

/* The same for a cycle that looks at the hinted conversations. */
struct cycle *cycle_begin_hinted(const struct workspace_conf *conf, const struct cycle_env *env,
				 const struct cycle_hints *hints, struct err *err) MUST_CHECK;

/*
 * Ends the cycle as partial, because of WHY: a batch that is being merged still is, requests in
 * flight are dropped. cycle_over() says when it has come to rest.
 */
void cycle_stop(struct cycle *cycle, const struct err *why);

/*
 * Another cycle of the workspace is due: one that reads messages drops its requests in flight,
 * commits its staged messages, and is done. Nothing happens to any other.
 */
void cycle_yield(struct cycle *cycle);

/* Ends it in any state, gives the lock back that it took, and frees it. */
void cycle_end(struct cycle **cycle);

/*
 * Does all work that is due NOW, on the monotonic clock. Returns when to look
 * again at the latest; TIME_NEVER for "when something happens".
 */
int64_t cycle_turn(struct cycle *cycle, int64_t now);

/* Its use of the warehouse, and the time that it leaves to others. */
struct fair_share *cycle_share(struct cycle *cycle) MUST_CHECK;

/* Whether it is over, and the warehouse does nothing for it any more. */
bool cycle_over(const struct cycle *cycle) MUST_CHECK;

/* Whether it wants the warehouse and can have it now. */
bool cycle_can_go_on(const struct cycle *cycle) MUST_CHECK;

/* How it goes. Valid until the next turn. */
const struct cycle_progress *cycle_progress(const struct cycle *cycle) MUST_CHECK;

/* The workspace's name. */
const char *cycle_name(const struct cycle *cycle) MUST_CHECK;

/* The kind that the run's record and the ledger have. */
enum cycle_kind cycle_recorded_kind(const struct cycle *cycle) MUST_CHECK;

/* The number of its run; 0 of one that only looks. */
int64_t cycle_run(const struct cycle *cycle) MUST_CHECK;

#endif
