/* SPDX-License-Identifier: MIT */
#include "run_record.h"

enum cycle_kind run_record_kind(const struct engine *engine)
{
	const struct cycle_rules *rules = cycle_kind(engine->conf.kind);

	if (!rules->counts && !rules->messages && engine->state.certified_at == TIME_NONE)
		return CYCLE_FIRST_LOAD;
	return rules->scheduled;
}

bool run_record_need_names(struct run_record *record, struct warehouse *warehouse, struct err *err)
{
	return record->names.channels ||
	       warehouse_names(warehouse, record->id, PARTS_MOST, &record->names, err);
}

bool run_record_need_sweep(struct run_record *record, struct warehouse *warehouse,
			   enum seen_by seen, struct err *err)
{
	if (seen != SEEN_BY_SWEEP || record->run.sweep > 0)
		return true;
	record->batch = 0;
	return warehouse_begin_sweep(warehouse, &record->run, err);
}

/* A repair of the differences that the last verify found begins with its cells. */
static bool recall(struct run_record *record, struct warehouse *warehouse, struct engine_conf *conf,
		   struct err *err)
{
	if (!cycle_kind(conf->kind)->recall)
		return true;
	return run_record_need_names(record, warehouse, err) &&
	       warehouse_last_cells(warehouse, record->id, &record->names, conf, err);
}

bool run_record_open(struct run_record *record, struct warehouse *warehouse,
		     const struct engine_conf *conf, struct err *err)
{
	struct engine_conf mine = *conf;
	struct warehouse_known known;

	if (!warehouse_load(warehouse, record->id, &known, err) ||
	    !recall(record, warehouse, &mine, err))
		return false;
	/*
	 * A sweep that was left long ago has seen conversations that may be gone by now: it begins
	 * anew.
	 */
	if (known.stale)
		known.state.full.running = false;
	mine.database_ahead = known.now - mine.now;
	/* So does one that began when a clock was wrong. */
	workspace_state_doubt_future(&known.state, mine.now, mine.database_ahead);
	if (!known.state.full.running)
		known.sweep = 0;
	engine_begin(&record->engine, &mine, &known.state);
	record->batch = known.sweep ? known.batch : 0;
	record->run = (struct warehouse_run){
		.workspace = record->id,
		.kind = run_record_kind(&record->engine),
		.strategy = plan_strategy_name(record->engine.strategy),
		.sweep = known.sweep,
	};
	return cycle_kind(conf->kind)->look || warehouse_begin_run(warehouse, &record->run, err);
}

void run_record_stage_deletions(const struct run_record *run, struct stage *stage,
				const struct table *ids, int64_t date)
{
	for (int i = 0; i < table_rows(ids); i++) {
		enum absence absence = engine_absence(&run->engine, i);

		if (absence != ABSENCE_NONE)
			stage_absent(stage, table_text(ids, i, ID_OWN), absence == ABSENCE_GONE,
				     date);
		if (engine_deletes(&run->engine, i))
			stage_gone(stage, table_text(ids, i, ID_OWN),
				   table_text(ids, i, ID_MERGED_INTO), date);
	}
}
