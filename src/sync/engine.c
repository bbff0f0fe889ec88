/* SPDX-License-Identifier: MIT */
#include "engine.h"

const char *engine_strategy_name(enum strategy strategy)
{
	static const char *const names[STRATEGIES] = {
		[STRATEGY_NONE] = "",
		[STRATEGY_FULL_SWEEP] = "full_sweep",
	};

	return names[strategy];
}

void engine_begin(struct engine *engine, const struct engine_conf *conf,
		  const struct memory *memory)
{
	*engine = (struct engine){ .conf = *conf,
				   .memory = *memory,
				   .strategy = STRATEGY_FULL_SWEEP };
	full_begin(&engine->full, &engine->memory, conf->ahead, conf->repair);
}

void engine_set_ahead(struct engine *engine, int ahead)
{
	full_set_ahead(&engine->full, &engine->memory, ahead);
}

int64_t engine_started(const struct engine *engine)
{
	return engine->memory.full.started;
}

void engine_next(struct engine *engine, bool stage_full, struct act *act)
{
	*act = (struct act){ .kind = ACT_WAIT };
	full_next(&engine->full, &engine->memory, stage_full, act);
}

void engine_page(struct engine *engine, const struct page *page)
{
	full_take_page(&engine->full, &engine->memory, page);
}

void engine_item(struct engine *engine, enum item_outcome outcome)
{
	full_take_item(&engine->full, &engine->memory, outcome);
}

void engine_answer(struct engine *engine, const struct answer *answer)
{
	full_take_answer(&engine->full, &engine->memory, answer);
}

void engine_committed(struct engine *engine, const struct tally *tally)
{
	full_committed(&engine->full, &engine->memory, tally);
}

bool engine_buries(const struct engine *engine, int i)
{
	return full_buries(&engine->full, i);
}
