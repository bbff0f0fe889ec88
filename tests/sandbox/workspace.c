/* SPDX-License-Identifier: MIT */
#include "workspace.h"

#include "birth.h"
#include "httpd.h"
#include "mem.h"

/* Sets later events apart from all else that grows from the same seed. */
#define LATER UINT64_C(0x6c61746572)

/* The ticker's shortest pause; events in between happen together. */
#define SHORTEST_TICK (10 * USEC_PER_MSEC)

/* ---- drift ------------------------------------------------------------- */

/* A delay for one change, as the settings have it. */
static int64_t some_lateness(struct workspace *ws)
{
	int64_t late = ws->settings.lag;

	if (ws->settings.late > 0)
		late += chance_below(&ws->chance, (uint32_t)ws->settings.late + 1);
	return late;
}

static void drift_once(struct workspace *ws)
{
	enum drift_kind kind = drift_choose(&ws->settings.drift, &ws->chance);
	struct change change;

	if (drift_make(ws->world, &ws->chance, kind, (uint32_t)calendar_now(ws->calendar), &change))
		workspace_change(ws, &change, some_lateness(ws));
}

static void drift_often(struct workspace *ws, uint32_t times)
{
	while (times-- > 0)
		drift_once(ws);
}

void workspace_drift_before_list(struct workspace *ws)
{
	double expected = ws->settings.drift_per_request;
	uint32_t whole = (uint32_t)expected;

	if (expected > 0)
		drift_often(ws, whole + (chance_share(&ws->chance) < expected - whole));
}

static void set_ticker(struct workspace *ws)
{
	double rate = ws->settings.drift_per_second;

	ws->ticked = event_loop_now();
	if (rate > 0)
		event_loop_timer_set(ws->ticker,
				     ws->ticked + max_i64((int64_t)((double)USEC_PER_SEC / rate),
							  SHORTEST_TICK));
	else
		event_loop_timer_set(ws->ticker, TIME_NEVER);
}

static void on_tick(void *arg)
{
	struct workspace *ws = arg;
	uint32_t times;

	ws->owed += (double)(event_loop_now() - ws->ticked) / (double)USEC_PER_SEC *
		    ws->settings.drift_per_second;
	times = (uint32_t)ws->owed;
	ws->owed -= times;
	drift_often(ws, times);
	set_ticker(ws);
}

/* ---- changes ----------------------------------------------------------- */

static void make(struct workspace *ws, const struct change *change, int64_t late)
{
	struct conversation_state before = ws->world->all[change->number].state;

	if (late > 0)
		changes_make_later(ws->changes, change, calendar_now(ws->calendar) + late);
	else
		changes_make(ws->changes, change);
	webhooks_tell_change(ws->webhooks, change, &before);
}

void workspace_change(struct workspace *ws, const struct change *change, int64_t late)
{
	const struct conversation_state *before = &ws->world->all[change->number].state;

	/* A change of nothing but updated_at is a message. */
	if (change->kind == CHANGE_STATE && !change->silent &&
	    conversation_state_same(before, &change->to))
		talk_say_something(ws->talk, change->number, change->at,
				   (uint32_t)(calendar_now(ws->calendar) + late));
	make(ws, change, late);
}

void workspace_touch(struct workspace *ws, uint32_t number, int64_t late)
{
	struct change change = { .kind = CHANGE_STATE,
				 .number = number,
				 .at = (uint32_t)calendar_now(ws->calendar) };

	changes_settle(ws->changes, number);
	change.to = ws->world->all[number].state;
	make(ws, &change, late);
}

void workspace_catch_up(struct workspace *ws)
{
	changes_catch_up(ws->changes, calendar_now(ws->calendar));
}

static void set_order(struct workspace *ws, enum order order)
{
	views_free(&ws->views);
	ws->views = views_new(ws->world, order, ws->world->seed);
	changes_set_views(ws->changes, ws->views);
}

void workspace_configure(struct workspace *ws, const struct settings *settings)
{
	ws->settings = *settings;
	ws->world->style = (struct world_style){ .mistyped = settings->mistyped,
						 .ids = (enum world_ids)settings->ids,
						 .times = (enum world_times)settings->times };
	if (settings->order != views_order(ws->views))
		set_order(ws, settings->order);
	set_ticker(ws);
}

/* ---- beginning and end ------------------------------------------------- */

struct workspace *workspace_new(const struct workspace_means *means,
				const struct settings *settings)
{
	struct workspace *ws = mem_new(sizeof(*ws));
	uint64_t seed = (uint64_t)settings->seed;
	struct birth_plan plan = {
		.conversations = (uint32_t)settings->conversations,
		.resolved = (unsigned)settings->resolved,
		.days = settings->days,
		.now = calendar_now(means->calendar),
	};
	struct webhooks_source source;

	ws->settings = *settings;
	ws->calendar = means->calendar;
	ws->world = world_new(settings->key, seed, (uint32_t)plan.now, plan.conversations);
	birth_fill(ws->world, &plan);
	ws->views = views_new(ws->world, settings->order, seed);
	ws->changes = changes_new(ws->world, ws->views);
	ws->talk = talk_new(ws->world, settings->marker);
	ws->chance = chance_from(seed ^ LATER, 0);
	source = (struct webhooks_source){ ws->world, ws->talk, &ws->settings };
	ws->webhooks =
		webhooks_new(&source, deliveries_new(means->loop, means->http, means->calendar));
	ws->reader = json_reader_new();
	ws->ticker = event_loop_timer(means->loop, on_tick, ws);
	set_ticker(ws);
	return ws;
}

void workspace_free(struct workspace **workspace)
{
	struct workspace *ws = *workspace;

	if (!ws)
		return;
	event_loop_forget(&ws->ticker);
	json_reader_free(&ws->reader);
	stats_reset(&ws->stats);
	window_done(&ws->quota);
	fault_clear(&ws->faults);
	webhooks_free(&ws->webhooks);
	changes_free(&ws->changes);
	views_free(&ws->views);
	talk_free(&ws->talk);
	world_free(&ws->world);
	mem_free(workspace);
}

/* ---- requests ---------------------------------------------------------- */

struct json *workspace_parse(struct workspace *ws, const char *body, size_t n, struct err *err)
{
	return json_parse(ws->reader, body, n, err);
}
