/* SPDX-License-Identifier: MIT */
/*
 * run_record.h -- Binds the engine of a cycle to its run in the warehouse.
 *
 * The state of the workspace is read, the engine begins with it, and
 * the run is opened; a full sweep gets a row of its own when its first batch
 * is stored, and names are read when they are first needed.
 */
#ifndef RUN_RECORD_H
#define RUN_RECORD_H

#include "engine.h"
#include "filter_ids.h"
#include "warehouse.h"

struct run_record {
	int id; /* the workspace's */
	struct engine engine;
	struct warehouse_run run; /* `id` is 0 for one that only looks */
	int batch;		  /* number of the sweep's last one */
	struct filter_ids names;  /* the names of filters, once they were needed */
};

/*
 * Begins a cycle of workspace `id`, whose lock the warehouse holds unless CONF
 * says to look only.
 */
bool run_record_open(struct run_record *record, struct warehouse *warehouse,
		     const struct engine_conf *conf, struct err *err) MUST_CHECK;

/* The kind that the run's record and the ledger have of it. */
enum cycle_kind run_record_kind(const struct engine *engine) MUST_CHECK;

/* Before a batch that was seen by SEEN is stored: a sweep that has just begun gets its row. */
bool run_record_need_sweep(struct run_record *record, struct warehouse *warehouse,
			   enum seen_by seen, struct err *err) MUST_CHECK;

/* Reads the names, if that has not been done. */
bool run_record_need_names(struct run_record *record, struct warehouse *warehouse,
			   struct err *err) MUST_CHECK;

/* The IDS of the last answer that the engine gives up become rows of the batch, found at DATE. */
void run_record_stage_deletions(const struct run_record *run, struct stage *stage,
				const struct table *ids, int64_t date);

#endif
