/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "err_policy.h"
#include "events.h"
#include "forecast.h"
#include "mem.h"
#include "plan.h"

#define MINUTE (60 * USEC_PER_SEC)
#define DAY (24 * 3600 * USEC_PER_SEC)

/* The calendar may be set anew: instants by it are looked at again after this. */
#define CALENDAR (60 * USEC_PER_SEC)

struct schedule_time worker_time(const struct clock *clock)
{
	return (struct schedule_time){ clock_mono(clock), clock_real(clock) };
}

/* Takes the configuration over. Nothing may run that has texts of the old one. */
static void configure(struct worker *worker, const struct workspace_conf *workspace)
{
	struct rate_limit rate_limit;

	worker->workspace = workspace;
	worker->next = NULL;
	worker->advised = false;
	worker->when.incremental = worker->schedule_status.incremental =
		workspace->schedule.incremental;
	worker->when.verify = worker->schedule_status.verify = workspace->schedule.verify;
	worker->schedule_status.full = workspace->schedule.full;
	rate_limit_begin(&rate_limit, (int)workspace->requests_per_minute, (int)workspace->reserve);
	worker->stats.name = workspace->name;
	worker->stats.usable = rate_limit.usable;
	worker->stats.interval[CYCLE_INCREMENTAL] = worker->when.incremental;
	worker->stats.interval[CYCLE_VERIFY] = worker->when.verify;
	worker->stats.interval[CYCLE_FULL] = DAY;
}

struct worker *worker_new(const struct workspace_conf *workspace, double place)
{
	struct worker *worker = mem_new(sizeof(*worker));

	worker->when.place = place;
	worker->schedule_status.next_at = worker->schedule_status.running_since = TIME_NONE;
	trouble_begin(&worker->trouble);
	stats_begin(&worker->stats, workspace->name);
	configure(worker, workspace);
	return worker;
}

void worker_free(struct worker **worker)
{
	if (!*worker)
		return;
	cycle_end(&(*worker)->cycle);
	inbox_free(&(*worker)->inbox);
	mem_free(worker);
}

/* ---- another configuration --------------------------------------------- */

static void apply_next(struct worker *worker, const struct clock *clock)
{
	struct schedule_time now = worker_time(clock);

	if (!worker->next)
		return;
	configure(worker, worker->next);
	worker->due = 0;
	if (worker->scheduled)
		schedule_change(&worker->schedule, &worker->when, &now);
}

void worker_change(struct worker *worker, const struct workspace_conf *workspace,
		   const struct clock *clock)
{
	struct err why;

	worker->leaving = !workspace;
	if (worker->state != WORKER_BUSY) {
		struct schedule_time now = worker_time(clock);
		bool mended = workspace && worker->trouble.failures > 0 &&
			      !config_same_cycle(worker->workspace, workspace);

		worker->next = workspace;
		apply_next(worker, clock);
		if (mended)
			schedule_again(&worker->schedule, CYCLE_INCREMENTAL, &now);
		worker->due = 0;
		return;
	}
	err_set(&why, ERR_STOPPED, "the configuration was changed");
	if (!workspace || !config_same_cycle(worker->workspace, workspace))
		cycle_stop(worker->cycle, &why);
	worker->next = workspace;
}

void worker_pause(struct worker *worker, struct app *app, int64_t since)
{
	struct log_line line;
	struct err why;

	if (worker->stats.paused == since)
		return;
	worker->stats.paused = since;
	worker->due = 0;
	log_begin(&line, LEVEL_NOTICE, NULL, "%s: %s", worker->workspace->name,
		  since == TIME_NONE ? "goes on" : "is paused; sahut-etl resume lets it go on");
	log_text(&line, "workspace", worker->workspace->name);
	log_end(&app->log, &line);
	if (since == TIME_NONE || worker->state != WORKER_BUSY)
		return;
	err_set(&why, ERR_STOPPED, "the workspace was paused");
	cycle_stop(worker->cycle, &why);
}

const struct workspace_conf *worker_conf(const struct worker *worker)
{
	return worker->next ? worker->next : worker->workspace;
}

/* ---- hints ------------------------------------------------------------- */

static struct inbox_env inbox_env(struct worker *worker, struct app *app)
{
	return (struct inbox_env){ .workspace = worker_conf(worker),
				   .config_path = app->config->path,
				   .clock = app->clock,
				   .log = &app->log,
				   .stats = &worker->stats };
}

bool worker_take_event(struct worker *worker, struct app *app, const struct inbox_event *event)
{
	struct inbox_env env = inbox_env(worker, app);

	if (!worker->inbox)
		worker->inbox = inbox_new();
	if (!inbox_take(worker->inbox, &env, event))
		return false;
	/* Something may be due sooner than was thought. */
	worker->due = 0;
	return true;
}

static struct cycle *begin_hinted(struct worker *worker, struct app *app, struct err *err)
{
	struct cycle_hints hints = { .hints = &worker->inbox->hints,
				     .usual_cost = (int)worker->usual_requests };

	hints_take(&worker->inbox->hints);
	return cycle_begin_hinted(worker->workspace, app_cycle_env(app), &hints, err);
}

/* Messages are due where an event said that there is one, now that its conversation is held. */
static void make_messages_due(struct worker *worker, struct app *app)
{
	CLEANUP(buf_free) struct buf ids = BUF_MAX(HINTS_MOST * (HINTS_ID_SIZE + 1) + 2);
	struct err ignored;

	if (worker->kind != CYCLE_HINTED || !worker->inbox || warehouse_lost(app->warehouse))
		return;
	inbox_message_ids(worker->inbox, &ids);
	if (ids.len > 0)
		(void)!warehouse_make_messages_due(app->warehouse, worker->id, buf_text(&ids),
						   &ignored);
}

/* Hints may take half of the quota, so that a flood of them leaves room for the rest. */
static int64_t rest_after(const struct worker *worker, const struct cycle_progress *p)
{
	if (worker->kind != CYCLE_HINTED || worker->stats.usable <= 0)
		return 0;
	return p->began + 2 * p->requests * MINUTE / worker->stats.usable;
}

/* Compares the changes that a cycle without hints found with the events. */
static void compare_with_events(struct worker *worker, struct app *app,
				const struct cycle_progress *p)
{
	struct inbox_env env = inbox_env(worker, app);

	if (!worker->workspace->webhook.listen || worker->kind != CYCLE_INCREMENTAL ||
	    p->strategy == STRATEGY_FULL_SWEEP)
		return;
	worker->usual_requests = p->requests;
	if (!worker->inbox)
		worker->inbox = inbox_new();
	inbox_compare(worker->inbox, &env, p->sum.fresh + p->sum.changed);
}

/* A cycle is over; ERR is empty when it went well. */
static void end_hinted(struct worker *worker, const struct err *err, int64_t now)
{
	if (worker->kind != CYCLE_HINTED || !worker->inbox)
		return;
	inbox_end(worker->inbox, &worker->stats, err, now);
}

bool worker_register(struct worker *worker, struct warehouse *warehouse, struct err *err)
{
	return warehouse_register(warehouse, worker->workspace, &worker->id, err);
}

/* ---- known facts ------------------------------------------------------ */

static void learn_state(struct worker *worker, const struct workspace_state *state,
			const struct schedule_time *now)
{
	struct schedule_facts facts = worker->schedule.facts;

	facts.loaded = workspace_state_is_loaded(state);
	facts.messages = worker->workspace->messages.read != WORKSPACE_MESSAGES_OFF;
	facts.audit_due = state->audit_due;
	/* A workspace that was never proven is tried again by cycles of changes. */
	facts.retry_at = state->certified_at != TIME_NONE ? plan_retry(state) : TIME_NONE;
	schedule_learn(&worker->schedule, &facts, now);
}

static bool read_facts(struct worker *worker, struct app *app, struct err *err)
{
	struct schedule_time now = worker_time(app->clock);
	struct warehouse_known known;
	struct schedule_status_past past;
	struct schedule_facts facts;

	if (!warehouse_load(app->warehouse, worker->id, &known, err) ||
	    !schedule_status_read(app->warehouse, worker->id, &past, err))
		return false;
	stats_remember(&worker->stats, &known.state);
	worker_pause(worker, app, past.paused_at);
	worker->stats.success[CYCLE_FULL] = past.full_at;
	worker->stats.success[CYCLE_VERIFY] = past.verify_at;
	worker->stats.success[CYCLE_INCREMENTAL] = past.synced_at;
	facts = (struct schedule_facts){ .full_at = past.full_at,
					 .verify_at = past.verify_at,
					 .retry_at = TIME_NONE,
					 .loaded = workspace_state_is_loaded(&known.state) };
	if (!worker->scheduled)
		schedule_begin(&worker->schedule, &worker->when, &facts, &now);
	else
		schedule_learn(&worker->schedule, &facts, &now);
	worker->scheduled = true;
	learn_state(worker, &known.state, &now);
	return true;
}

/* Asks when the next night is, if that is not known. After an error it is asked again later. */
static void find_night(struct worker *worker, struct app *app, const struct schedule_time *now)
{
	const struct schedule_status_night night = {
		.zone = worker->workspace->timezone,
		.minutes = worker->workspace->schedule.full,
		.delay = schedule_night_delay(&worker->schedule),
		.last = worker->schedule.facts.full_at,
		.now = now->real,
	};
	struct log_line line;
	int64_t at;
	struct err err;

	if (!schedule_wants_night(&worker->schedule) || warehouse_lost(app->warehouse))
		return;
	if (schedule_status_find_night(app->warehouse, &night, &at, &err)) {
		schedule_set_night(&worker->schedule, at);
		(void)!log_backoff_over(&worker->nightless, now->mono, NULL);
	} else if (!warehouse_lost(app->warehouse) && log_backoff(&worker->nightless, now->mono)) {
		log_begin(&line, err_policy_level(err.kind), NULL,
			  "%s: when the next full sweep is due is not known: %s",
			  worker->workspace->name, err.text);
		log_text(&line, "workspace", worker->workspace->name);
		log_end(&app->log, &line);
	}
}

/* Says once, with the sum, when the quota cannot bear the schedule. */
static void advise(struct worker *worker, struct app *app)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(sizeof(worker->advice) - 1);
	int64_t now = clock_real(app->clock);
	struct forecast forecast;
	struct log_line line;
	struct err ignored;

	if (worker->advised || !worker->schedule.facts.loaded ||
	    !forecast_make(app->warehouse, worker->workspace, now, &forecast, &ignored))
		return;
	worker->advised = true;
	worker->advice[0] = '\0';
	if (!forecast.known || forecast.met)
		return;
	forecast_sum(&forecast, &text);
	buf_str(&text, "; ");
	forecast_outcome(&forecast, &text);
	snprintf(worker->advice, sizeof(worker->advice), "%s", buf_text(&text));
	log_begin(&line, LEVEL_WARNING, &events_table()->schedule_tight, "%s: %s",
		  worker->workspace->name, worker->advice);
	log_text(&line, "workspace", worker->workspace->name);
	log_end(&app->log, &line);
}

/* Tells the schedule when hints are due. */
static void tell_hints(struct worker *worker)
{
	schedule_hint(&worker->schedule,
		      worker->inbox ? hints_due(&worker->inbox->hints) : TIME_NEVER);
}

/* The kind that comes next; its instant goes to `due`. Hints are part of it. */
static enum cycle_kind look_ahead(struct worker *worker, const struct schedule_time *now)
{
	tell_hints(worker);
	worker->looked = now->mono;
	return schedule_next(&worker->schedule, now, &worker->due);
}

/* Shows the next cycles, and the trouble. */
static void show_stats(struct worker *worker, const struct schedule_time *now)
{
	struct stats *n = &worker->stats;

	n->held = worker->state != WORKER_WAITING;
	n->running = worker->state == WORKER_BUSY;
	n->failures = worker->trouble.failures;
	n->troubled = worker->trouble.since;
	n->trouble = worker->trouble.text;
	for (int kind = 0; kind < CYCLE_SCHEDULED; kind++) {
		int64_t due = schedule_due(&worker->schedule, (enum cycle_kind)kind, now);

		n->next[kind] = due == TIME_NEVER ? TIME_NONE : now->real + due - now->mono;
	}
}

/* Writes the row that `status` shows. An error of that shows elsewhere. */
static void write_status(struct worker *worker, struct app *app)
{
	struct schedule_time now = worker_time(app->clock);
	struct schedule_status *schedule_status = &worker->schedule_status;
	struct err ignored;
	int64_t when;

	find_night(worker, app, &now);
	schedule_status->next_kind = cycle_kind(look_ahead(worker, &now))->name;
	when = worker->due;
	schedule_status->next_at =
		when == TIME_NEVER ? TIME_NONE : now.real + max_i64(0, when - now.mono);
	schedule_status->running =
		worker->state == WORKER_BUSY ? cycle_kind(worker->kind)->name : NULL;
	schedule_status->running_since = worker->state == WORKER_BUSY ? worker->began : TIME_NONE;
	schedule_status->trouble = worker->trouble.text[0] ? worker->trouble.text : NULL;
	schedule_status->trouble_since = worker->trouble.since;
	schedule_status->failures = worker->trouble.failures;
	schedule_status->advice = worker->advice[0] ? worker->advice : NULL;
	schedule_status->listen = worker->workspace->webhook.listen;
	schedule_status->event_at = worker->stats.event_at;
	schedule_status->event_delay = worker->stats.event_delay;
	schedule_status->unspoken = worker->stats.unspoken;
	show_stats(worker, &now);
	if (!warehouse_lost(app->warehouse))
		(void)!schedule_status_write(app->warehouse, worker->id, schedule_status, &ignored);
}

/* ---- the lock --------------------------------------------------------- */

bool worker_take_lock(struct worker *worker, struct app *app, struct err *err)
{
	if (!warehouse_lock(app->warehouse, worker->id, err)) {
		worker->unheld = false;
		if (err->kind == ERR_BUSY)
			snprintf(worker->holder, sizeof(worker->holder), "%s",
				 warehouse_lock_holder(app->warehouse));
		return err->kind == ERR_BUSY;
	}
	if (!read_facts(worker, app, err)) {
		/* Without them nothing would ever be due: the process that looks next takes it. */
		warehouse_unlock(app->warehouse, worker->id);
		worker->unheld = false;
		return false;
	}
	worker->state = WORKER_IDLE;
	worker->holder[0] = '\0';
	worker->stats.unattended = TIME_NONE;
	/* The process that had it may have left command requests undone. */
	worker->asked = true;
	advise(worker, app);
	write_status(worker, app);
	return true;
}

void worker_disconnect(struct worker *worker, const struct clock *clock, bool another)
{
	struct schedule_time now = worker_time(clock);
	struct schedule_end end = { .ok = false };
	struct err lost = { .kind = ERR_UNAVAILABLE };

	cycle_end(&worker->cycle);
	if (worker->state == WORKER_BUSY)
		end_hinted(worker, &lost, now.mono);
	if (worker->state == WORKER_BUSY)
		schedule_ended(&worker->schedule, worker->kind, &end, &now);
	worker->state = WORKER_WAITING;
	worker->unheld = false;
	worker->stats.held = worker->stats.running = 0;
	worker->scheduled = worker->scheduled && !another;
	apply_next(worker, clock);
}

/* ---- beginning -------------------------------------------------------- */

/* A command request, if there is one. */
static bool take_request(struct worker *worker, struct app *app)
{
	struct err err = ERR_INIT;

	worker->command_request.id = 0;
	if (!worker->asked)
		return false;
	/* One that cannot be read now is read when the warehouse is back. */
	if (command_request_next(app->warehouse, worker->id, &worker->command_request, &err) &&
	    worker->command_request.id == 0)
		worker->asked = false;
	return worker->command_request.id > 0;
}

static void end_request(struct worker *worker, struct app *app, const struct cycle_progress *p,
			const struct err *err)
{
	struct command_request_end end = { .state = "done", .err = *err };
	struct err ignored;

	if (worker->command_request.id == 0)
		return;
	if (p) {
		end.run = cycle_run(worker->cycle);
		end.verdict = p->verdict;
	}
	if (err->kind == ERR_STOPPED) {
		/* It is not the command request's fault: it is done again. */
		worker->asked = true;
		worker->command_request.id = 0;
		return;
	}
	if (err->kind != ERR_NONE)
		end.state = p && p->state == CYCLE_PARTIAL ? "partial" : "failed";
	if (!warehouse_lost(app->warehouse))
		(void)!command_request_finish(app->warehouse, &worker->command_request, &end,
					      &ignored);
	worker->command_request.id = 0;
}

static void could_not_begin(struct worker *worker, struct app *app, struct err *err)
{
	struct schedule_time now = worker_time(app->clock);
	struct schedule_end end = { .ok = false };

	worker->stats.cycles[worker->kind][STATS_FAILED]++;
	schedule_ended(&worker->schedule, worker->kind, &end, &now);
	end_hinted(worker, err, now.mono);
	end_request(worker, app, NULL, err);
	if (warehouse_lost(app->warehouse) || err->kind == ERR_STOPPED)
		return;
	err_wrap(err, "%s", worker->workspace->name);
	trouble_not_begun(&worker->trouble, app, worker->workspace->name, worker->kind, err);
	write_status(worker, app);
}

/* Asks the schedule, which is not for nothing: there may be many workers, and rounds. */
static void ask_schedule(struct worker *worker, struct app *app, const struct schedule_time *now)
{
	/* The next night is asked for, and shown. */
	if (schedule_wants_night(&worker->schedule))
		write_status(worker, app);
	worker->kind = look_ahead(worker, now);
}

static void begin_cycle(struct worker *worker, struct app *app)
{
	struct schedule_time now = worker_time(app->clock);
	enum cycle_kind kind =
		worker->command_request.id > 0 ? worker->command_request.kind : worker->kind;
	struct err err = ERR_INIT;

	worker->began = worker->stats.attempt[worker->kind] = now.real;
	schedule_began(&worker->schedule, worker->kind, &now);
	worker->cycle = kind == CYCLE_HINTED
				? begin_hinted(worker, app, &err)
				: cycle_begin(worker->workspace, app_cycle_env(app), kind, &err);
	if (!worker->cycle) {
		could_not_begin(worker, app, &err);
		return;
	}
	worker->state = WORKER_BUSY;
	worker->yielded = false;
	write_status(worker, app);
}

/* Paused: nothing begins, and a command that asks for something is told so. */
static int64_t decline_requests(struct worker *worker, struct app *app)
{
	struct err err = ERR_INIT;

	while (take_request(worker, app)) {
		err_set(&err, ERR_BUSY, "it is paused; sahut-etl resume lets it go on");
		end_request(worker, app, NULL, &err);
	}
	return TIME_NEVER;
}

/* Messages are read while nothing else is due, nor asked for. */
static int64_t make_way(struct worker *worker, struct app *app, int64_t now)
{
	struct schedule_time both = worker_time(app->clock);
	int64_t due;

	tell_hints(worker);
	due = schedule_others(&worker->schedule, &both);
	if (worker->kind != CYCLE_MESSAGES || worker->yielded)
		return TIME_NEVER;
	if (!worker->asked && now < due)
		return min_i64(due, now + CALENDAR);
	worker->yielded = true;
	cycle_yield(worker->cycle);
	return TIME_NEVER;
}

int64_t worker_start(struct worker *worker, struct app *app, int64_t now)
{
	struct schedule_time both;

	if (worker->state == WORKER_BUSY)
		return make_way(worker, app, now);
	if (worker->state != WORKER_IDLE || worker->leaving)
		return TIME_NEVER;
	if (worker->stats.paused != TIME_NONE)
		return decline_requests(worker, app);
	if (!worker->asked && now < worker->due && now < worker->looked + CALENDAR)
		return worker->due;
	if (take_request(worker, app)) {
		worker->kind = cycle_kind(worker->command_request.kind)->scheduled;
	} else {
		both = worker_time(app->clock);
		ask_schedule(worker, app, &both);
		if (worker->due > both.mono)
			return worker->due;
	}
	begin_cycle(worker, app);
	return worker->state == WORKER_BUSY ? TIME_NEVER : worker->due;
}

/* ---- end -------------------------------------------------------------- */

bool worker_finish(struct worker *worker, struct app *app)
{
	struct schedule_time now = worker_time(app->clock);
	const struct cycle_progress *p;
	struct err nothing = ERR_INIT;
	struct schedule_end end;

	if (worker->state != WORKER_BUSY || !cycle_over(worker->cycle))
		return false;
	p = cycle_progress(worker->cycle);
	end = (struct schedule_end){
		.ok = p->state == CYCLE_DONE,
		.full = p->strategy == STRATEGY_FULL_SWEEP,
		.different = p->verdict == VERDICT_DIFFERENT,
		.rest = rest_after(worker, p),
		.more = p->verdict != VERDICT_READ,
	};
	worker->state = WORKER_IDLE;
	stats_count(&worker->stats, worker->kind, p, now.real);
	worker->stats.took[worker->kind] = now.mono - p->began;
	trouble_cycle_over(&worker->trouble, app, worker->cycle, worker->kind);
	if (p->err.kind == ERR_STOPPED && !end.ok)
		schedule_again(&worker->schedule, worker->kind, &now);
	else
		schedule_ended(&worker->schedule, worker->kind, &end, &now);
	if (end.ok)
		make_messages_due(worker, app);
	end_hinted(worker, end.ok ? &nothing : &p->err, now.mono);
	if (end.ok) {
		compare_with_events(worker, app, p);
		learn_state(worker, &p->now, &now);
	}
	/* Not ours any more: the connection that held the lock is another one's now. */
	if (p->state != CYCLE_DONE && strcmp(p->err.code, "SE001") == 0)
		worker->state = WORKER_WAITING;
	end_request(worker, app, p, end.ok ? &nothing : &p->err);
	cycle_end(&worker->cycle);
	apply_next(worker, app->clock);
	if (!warehouse_lost(app->warehouse))
		advise(worker, app);
	write_status(worker, app);
	return true;
}
