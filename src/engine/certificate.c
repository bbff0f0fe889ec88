/* SPDX-License-Identifier: MIT */
#include "certificate.h"

enum order certificate_order(const struct memory *memory)
{
	const struct evidence *evidence = &memory->full.sweep.evidence;

	if (memory->order != ORDER_UNKNOWN && !order_contradicted(evidence, memory->order))
		return memory->order;
	return order_proven(evidence);
}

bool certificate_began_fresh(const struct memory *memory)
{
	enum order order = certificate_order(memory);

	return order != ORDER_UNKNOWN &&
	       order_ascending(order) == memory->full.sweep.plan.backwards;
}

int64_t certificate_owed(const struct memory *memory)
{
	const struct sweep *sweep = &memory->full.sweep;

	return sweep->first_total - (certificate_began_fresh(memory) ? sweep->recent : 0);
}

bool certificate_is_snapshot(const struct memory *memory)
{
	const struct sweep *sweep = &memory->full.sweep;

	return memory->full.pass == 1 && sweep->pages == 1 && sweep->end == SWEEP_ALL &&
	       sweep->rows == sweep->first_total;
}

bool certificate_needs_closing(const struct memory *memory)
{
	const struct sweep *sweep = &memory->full.sweep;

	return sweep->end == SWEEP_ALL && sweep->moved && sweep->started != TIME_NONE &&
	       order_by_update(certificate_order(memory));
}

int64_t certificate_before(const struct memory *memory, int64_t started)
{
	return started == TIME_NONE ? TIME_NONE : started - memory->lookback;
}

static void learn_order(struct memory *memory)
{
	enum order found = certificate_order(memory);

	memory->evidence = memory->full.sweep.evidence;
	if (order_contradicted(&memory->evidence, memory->order))
		memory_demote(memory);
	memory->order = found;
}

void certificate_grant(struct memory *memory, int64_t started)
{
	const struct sweep *sweep = &memory->full.sweep;
	bool fresh = certificate_began_fresh(memory) && order_by_update(certificate_order(memory));

	learn_order(memory);
	memory->needs_full = FULL_NOT_NEEDED;
	memory->uncertified = 0;
	memory->full.running = false;
	if (started == TIME_NONE)
		return;
	memory->certified_at = max_i64(memory->certified_at, started - memory->lookback);
	memory->watermark =
		max_i64(memory->watermark, fresh ? min_i64(sweep->newest, started) : started);
	memory_publish_complete(memory, started);
}

void certificate_deny(struct memory *memory)
{
	memory->evidence = memory->full.sweep.evidence;
	if (order_contradicted(&memory->evidence, memory->order))
		memory_demote(memory);
	memory->needs_full = memory->certified_at == TIME_NONE ? FULL_FIRST_LOAD : FULL_UNCERTIFIED;
	memory->uncertified++;
	memory->full.running = false;
}
