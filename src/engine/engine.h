/* SPDX-License-Identifier: MIT */
/*
 * engine.h -- Decides the next action of a cycle.
 *
 * It is told replies, answers and commits, and names the next action: send this, commit the staged
 * rows, ask the warehouse, done. It knows no clock, no socket and no SQL, holds no memory that
 * grows, and can be copied; so it is run against a model of the API, with drift, faults and crashes
 * chosen by a seed, as well as by the loop in cycle.c. PROTOCOL.md has the reasons.
 *
 * A cycle has one phase or several (full, scan, unresolved_scan, audit, repair, stale_check,
 * rejected_check and others). Each is a small machine with the same entrances, see struct phase_ops
 * in engine.c; here they are chosen and joined: an audit that finds a difference runs a cycle of
 * changes in its middle, and may be followed by a repair.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "action.h"
#include "api_time.h"
#include "audit.h"
#include "full.h"
#include "hinted.h"
#include "messages.h"
#include "plan.h"
#include "rejected_check.h"
#include "repair.h"
#include "scan.h"
#include "stale_check.h"
#include "unresolved_scan.h"
#include "workspace_state.h"

enum phase {
	PHASE_FULL,
	PHASE_SCAN,
	PHASE_UNRESOLVED,
	PHASE_AUDIT,
	PHASE_REPAIR,
	PHASE_STALE,
	PHASE_REJECTED,
	PHASE_HINTED,
	PHASE_MESSAGES,
};

struct engine {
	struct engine_conf conf;
	enum strategy strategy; /* of the cycle, as it was planned */
	enum phase phase;	/* that works now */
	bool settling;		/* it is the cycle of changes within an audit, */
	int64_t changes;	/* how many rows that has written */
	int scans;		/* numbers of scans that were given away in this cycle */
	bool checking_stale;	/* older copies are looked at before the cycle ends */
	bool odd;	/* a page has many items that could not be loaded: it is committed soon */
	bool misshapen; /* it was no page: the rows read before are kept, and the cycle is over */
	bool kept;	/* that was done */
	bool dated;	/* a response has told the time */
	bool committing, ending;	      /* a commit is under way; the run ends with it */
	int64_t complete_as_of, active_as_of; /* as committed last */
	struct workspace_state state;
	struct full full;
	struct scan scan;
	struct unresolved_scan unresolved_scan;
	struct audit audit;
	struct repair repair;
	struct stale_check stale_check;
	struct rejected_check rejected_check;
	struct hinted hinted;
	struct messages messages;
};

/* Begins a cycle with the known state of the workspace. */
void engine_begin(struct engine *engine, const struct engine_conf *conf,
		  const struct workspace_state *state);

/*
 * When a response was made, that has this Date and this Age and came at HOST, by the host's clock;
 * TIME_NONE when it does not say, or says something that cannot be true.
 */
int64_t engine_date(struct engine *engine, int64_t date, int64_t age, int64_t host) MUST_CHECK;

/* So many pages may be in flight from now on, as latency and quota have it. */
void engine_set_ahead(struct engine *engine, int ahead);

/* When the cycle began, on the API's clock; TIME_NONE while that is not known. */
int64_t engine_started(const struct engine *engine) MUST_CHECK;

/* The next step. STAGE_FULL: so much is staged that it should be committed soon. */
void engine_next(struct engine *engine, bool stage_full, struct action *action);

/* The page that came for the oldest list request that was not answered. */
void engine_page(struct engine *engine, const struct page *page);

/*
 * The oldest list request was refused (400, 404 or 422) instead. False when the cycle cannot
 * go on without it.
 */
bool engine_refused(struct engine *engine) MUST_CHECK;

/*
 * Whether it does not matter that the GET under way was refused (400, 404 or 422): somebody said to
 * look there, and it may be no conversation's id.
 */
bool engine_ignores_refusal(const struct engine *engine) MUST_CHECK;

/* The outcome of the GET under way; UPDATED_AT of a conversation that exists, else TIME_NONE. */
void engine_item(struct engine *engine, enum item_outcome outcome, int64_t updated_at);

/* The page of messages that came for the oldest request, or the documented 404. */
void engine_messages(struct engine *engine, const struct message_page *page);

/*
 * The oldest request for messages came to nothing, and was tried often enough. False when the
 * cycle cannot go on without it.
 */
bool engine_messages_refused(struct engine *engine) MUST_CHECK;

/*
 * A cycle that reads messages is to end soon, since another one is due. Requests under way are
 * dropped.
 */
void engine_stop_messages(struct engine *engine);

/* The step that the commit that is asked for writes down for the messages of the I-th id. */
struct message_step engine_message_step(const struct engine *engine, int i) MUST_CHECK;

/* The warehouse's answer to the query under way. */
void engine_answer(struct engine *engine, const struct answer *answer);

/* The commit under way was done, with this tally. */
void engine_committed(struct engine *engine, const struct tally *tally);

/* Whether the commit that is asked for declares the I-th id of the last answer deleted. */
bool engine_deletes(const struct engine *engine, int i) MUST_CHECK;

/* The absence that the commit under way records for the I-th id, where it is not deleted. */
enum absence engine_absence(const struct engine *engine, int i) MUST_CHECK;

/* Whether deletions were not believed because there were too many. */
bool engine_fuse_blown(const struct engine *engine) MUST_CHECK;

/* The cells that an audit found, or a repair left: how many, and the first of them. */
int engine_cells(const struct engine *engine, const struct cell **cells) MUST_CHECK;

#endif
