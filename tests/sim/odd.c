/* SPDX-License-Identifier: MIT */
#include "odd.h"

/* As sense.c and sahut_etl.is_misshapen have it. */
#define A_FEW 5
#define A_FEW_IN 20

/* What was accepted, and could be loaded since, is not accepted any more. */
static bool is_accepted(const struct held *held)
{
	return held->rejected && held->accepted;
}

/* Whether the page that a row stood on was none. */
static bool is_misshapen(const struct ware *ware, const struct desk *desk, int page)
{
	int64_t n = 0, odd = 0;

	for (int i = 0; i < desk->n_staged; i++) {
		if (desk->staged[i].alone || desk->staged[i].page != page)
			continue;
		n++;
		odd += desk->staged[i].state.odd && !is_accepted(&ware->held[desk->staged[i].id]);
	}
	return odd > max_i64(A_FEW, n / A_FEW_IN);
}

static void take(struct ware *ware, const struct staged *row, bool of_page)
{
	struct held *held = &ware->held[row->id];

	ware->top = row->id > ware->top ? row->id : ware->top;
	/* What holds goes on to hold. */
	held->of_page = of_page && !is_accepted(held) && (!held->rejected || held->of_page);
	if (!held->rejected) {
		held->rejected_at = row->date;
		held->accepted = false;
	}
	held->rejected = true;
	held->rejected_last = row->date;
}

bool odd_take(struct ware *ware, const struct desk *desk, struct tally *tally)
{
	bool misshapen = false;

	for (int i = 0; i < desk->n_staged; i++) {
		const struct staged *row = &desk->staged[i];
		bool of_page = !row->alone && is_misshapen(ware, desk, row->page);

		if (!row->state.odd)
			continue;
		tally->rejected++;
		misshapen = misshapen || of_page;
		take(ware, row, of_page);
	}
	return misshapen;
}

bool odd_in_batch(const struct ware *ware, const struct desk *desk)
{
	for (int i = 0; i < desk->n_staged; i++)
		if (desk->staged[i].state.odd && !is_accepted(&ware->held[desk->staged[i].id]))
			return true;
	return false;
}

bool odd_holds(const struct held *held)
{
	return held->rejected && !held->accepted && !held->of_page;
}

int64_t odd_holding(const struct ware *ware)
{
	int64_t n = 0;

	for (int id = 1; id <= ware->top; id++)
		n += odd_holds(&ware->held[id]);
	return n;
}

void odd_forget(struct ware *ware, int64_t started)
{
	for (int id = 1; id <= ware->top; id++) {
		struct held *held = &ware->held[id];

		if (held->passes == 0 && started != TIME_NONE && held->rejected_last < started)
			held->rejected = false;
	}
}

void odd_clear(struct ware *ware)
{
	for (int id = 1; id <= ware->top; id++)
		if (ware->held[id].of_page && !ware->held[id].accepted)
			ware->held[id].rejected = ware->held[id].of_page = false;
}

void odd_accept(struct ware *ware)
{
	for (int id = 1; id <= ware->top; id++)
		if (ware->held[id].rejected)
			ware->held[id].accepted = true;
}
