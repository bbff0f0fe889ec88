/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <stdio.h>
#include <string.h>

#include "events.h"
#include "forecast.h"
#include "mem.h"
#include "plan.h"
#include "policy.h"
#include "report.h"
#include "timetext.h"

#define DAY (24 * 3600 * USEC_PER_SEC)

/* The calendar may be set anew: what is due by it is looked at again after this. */
#define CALENDAR (60 * USEC_PER_SEC)

struct schedule_time job_time(const struct clock *clock)
{
	return (struct schedule_time){ clock_mono(clock), clock_real(clock) };
}

/* Takes the configuration over. Nothing may run that has texts of the old one. */
static void configure(struct job *job, const struct config_workspace *workspace)
{
	struct rate_limit rate_limit;

	job->workspace = workspace;
	job->next = NULL;
	job->advised = false;
	job->conf = context_track(workspace);
	job->conf.held = true;
	zone_free(&job->zone);
	job->zone = zone_open(workspace->timezone);
	job->when.incremental = job->schedule_status.incremental = workspace->schedule.incremental;
	job->when.verify = job->schedule_status.verify = workspace->schedule.verify;
	job->when.full = job->schedule_status.full = workspace->schedule.full;
	job->when.zone = job->zone;
	rate_limit_begin(&rate_limit, job->conf.per_minute, job->conf.reserve);
	job->numbers.name = workspace->name;
	job->numbers.usable = rate_limit.usable;
	job->numbers.interval[SCHEDULE_INCREMENTAL] = job->when.incremental;
	job->numbers.interval[SCHEDULE_VERIFY] = job->when.verify;
	job->numbers.interval[SCHEDULE_FULL] = DAY;
}

struct job *job_new(const struct config_workspace *workspace, double place)
{
	struct job *job = mem_new(sizeof(*job));

	job->when.place = place;
	job->schedule_status.next_at = job->schedule_status.running_since =
		job->schedule_status.trouble_since = TIME_NONE;
	numbers_begin(&job->numbers, workspace->name);
	configure(job, workspace);
	return job;
}

void job_free(struct job **job)
{
	if (!*job)
		return;
	cycle_end(&(*job)->cycle);
	zone_free(&(*job)->zone);
	mem_free(job);
}

/* ---- another configuration --------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Whether a cycle can go on as if nothing had changed. */
static bool can_go_on(const struct config_workspace *a, const struct config_workspace *b)
{
	return same_text(a->base_url, b->base_url) && same_text(a->auth, b->auth) &&
	       same_text(a->timezone, b->timezone) &&
	       a->requests_per_minute == b->requests_per_minute && a->reserve == b->reserve &&
	       a->max_in_flight == b->max_in_flight && a->lookback == b->lookback;
}

static void adopt(struct job *job, const struct clock *clock)
{
	struct schedule_time now = job_time(clock);

	if (!job->next)
		return;
	configure(job, job->next);
	job->due = 0;
	if (job->scheduled)
		schedule_change(&job->schedule, &job->when, &now);
}

void job_change(struct job *job, const struct config_workspace *workspace,
		const struct clock *clock)
{
	struct err why;

	job->leaving = !workspace;
	if (job->state != JOB_BUSY) {
		struct schedule_time now = job_time(clock);
		bool mended = workspace && job->schedule_status.failures > 0 &&
			      !can_go_on(job->workspace, workspace);

		job->next = workspace;
		adopt(job, clock);
		if (mended)
			schedule_again(&job->schedule, SCHEDULE_INCREMENTAL, &now);
		job->due = 0;
		return;
	}
	err_set(&why, ERR_STOPPED, "the configuration was changed");
	if (!workspace || !can_go_on(job->workspace, workspace))
		cycle_stop(job->cycle, &why);
	job->next = workspace;
}

bool job_register(struct job *job, struct warehouse *warehouse, struct err *err)
{
	struct warehouse_workspace workspace = { job->conf.name, job->conf.timezone,
						 job->conf.api.base_url, job->conf.lookback,
						 &job->conf.work };

	return warehouse_register(warehouse, &workspace, &job->id, err);
}

/* ---- what is known ---------------------------------------------------- */

static void learn(struct job *job, const struct workspace_state *state,
		  const struct schedule_time *now)
{
	struct schedule_facts facts = job->schedule.facts;

	facts.loaded = state->certified_at != TIME_NONE;
	facts.audit_due = state->audit_due;
	facts.retry_at = facts.loaded ? plan_retry(state) : TIME_NONE;
	schedule_learn(&job->schedule, &facts, now);
}

static bool read_facts(struct job *job, struct context *context, struct err *err)
{
	struct schedule_time now = job_time(context->clock);
	struct warehouse_known known;
	struct schedule_status_past past;
	struct schedule_facts facts;

	if (!warehouse_load(context->warehouse, job->id, &known, err) ||
	    !schedule_status_read(context->warehouse, job->id, &past, err))
		return false;
	numbers_remember(&job->numbers, &known.state);
	job->numbers.success[SCHEDULE_FULL] = past.full_at;
	job->numbers.success[SCHEDULE_VERIFY] = past.verify_at;
	job->numbers.success[SCHEDULE_INCREMENTAL] = past.run_record_at;
	facts = (struct schedule_facts){ .full_at = past.full_at,
					 .verify_at = past.verify_at,
					 .retry_at = TIME_NONE,
					 .loaded = known.state.certified_at != TIME_NONE };
	if (!job->scheduled)
		schedule_begin(&job->schedule, &job->when, &facts, &now);
	else
		schedule_learn(&job->schedule, &facts, &now);
	job->scheduled = true;
	learn(job, &known.state, &now);
	return true;
}

/* Says once, with the sum, when the quota cannot bear the schedule. */
static void advise(struct job *job, struct context *context)
{
	CLEANUP(buf_free) struct buf text = BUF_MAX(sizeof(job->advice) - 1);
	int64_t now = clock_real(context->clock);
	struct forecast forecast;
	struct log_line line;
	struct err ignored;

	if (job->advised || !job->schedule.facts.loaded ||
	    !forecast_make(context->warehouse, job->workspace, now, &forecast, &ignored))
		return;
	job->advised = true;
	job->advice[0] = '\0';
	if (!forecast.known || forecast.met)
		return;
	forecast_sum(&forecast, &text);
	buf_str(&text, "; ");
	forecast_outcome(&forecast, &text);
	snprintf(job->advice, sizeof(job->advice), "%s", buf_text(&text));
	log_begin(&line, LEVEL_WARNING, &events_table()->schedule_tight, "%s: %s", job->conf.name,
		  job->advice);
	log_text(&line, "workspace", job->conf.name);
	log_end(&context->log, &line);
}

/* What is shown of what comes next, and of what goes wrong. */
static void report_refresh_numbers(struct job *job, const struct schedule_time *now)
{
	struct numbers *n = &job->numbers;

	n->held = job->state != JOB_WAITING;
	n->running = job->state == JOB_BUSY;
	n->failures = job->schedule_status.failures;
	n->troubled = job->schedule_status.trouble_since;
	n->trouble = job->trouble_text;
	for (int kind = 0; kind < SCHEDULE_KINDS; kind++) {
		int64_t due = schedule_due(&job->schedule, (enum schedule_kind)kind, now);

		n->next[kind] = due == TIME_NEVER ? TIME_NONE : now->real + due - now->mono;
	}
}

/* Writes down what `status` shows. What goes wrong shows elsewhere. */
static void write_roster(struct job *job, struct context *context)
{
	struct schedule_time now = job_time(context->clock);
	struct schedule_status *schedule_status = &job->schedule_status;
	struct err ignored;
	int64_t when;

	schedule_status->next_kind = schedule_name(schedule_next(&job->schedule, &now, &when));
	schedule_status->next_at =
		when == TIME_NEVER ? TIME_NONE : now.real + max_i64(0, when - now.mono);
	job->due = when;
	job->looked = now.mono;
	schedule_status->running = job->state == JOB_BUSY ? schedule_name(job->kind) : NULL;
	schedule_status->running_since = job->state == JOB_BUSY ? job->began : TIME_NONE;
	schedule_status->trouble = job->trouble_text[0] ? job->trouble_text : NULL;
	schedule_status->advice = job->advice[0] ? job->advice : NULL;
	report_refresh_numbers(job, &now);
	if (!warehouse_lost(context->warehouse))
		(void)!schedule_status_write(context->warehouse, job->id, schedule_status,
					     &ignored);
}

/* ---- the lock --------------------------------------------------------- */

bool job_hold(struct job *job, struct context *context, struct err *err)
{
	if (!warehouse_lock(context->warehouse, job->id, err)) {
		job->unheld = false;
		return err->kind == ERR_BUSY;
	}
	if (!read_facts(job, context, err)) {
		/* Without them nothing would ever be due: who looks next takes it. */
		warehouse_unlock(context->warehouse, job->id);
		job->unheld = false;
		return false;
	}
	job->state = JOB_IDLE;
	job->holder[0] = '\0';
	/* Whoever had it may have left command requests undone. */
	job->asked = true;
	advise(job, context);
	write_roster(job, context);
	return true;
}

void job_lose(struct job *job, const struct clock *clock, bool another)
{
	struct schedule_time now = job_time(clock);
	struct schedule_end end = { .ok = false };

	cycle_end(&job->cycle);
	if (job->state == JOB_BUSY)
		schedule_ended(&job->schedule, job->kind, &end, &now);
	job->state = JOB_WAITING;
	job->unheld = false;
	job->numbers.held = job->numbers.running = 0;
	job->scheduled = job->scheduled && !another;
	adopt(job, clock);
}

/* ---- beginning -------------------------------------------------------- */

static struct engine_conf conf_of(enum schedule_kind kind)
{
	struct engine_conf conf = { .goal = GOAL_INCREMENTAL, .ahead = 1 };

	if (kind == SCHEDULE_FULL)
		conf.goal = GOAL_FULL;
	if (kind == SCHEDULE_VERIFY || kind == SCHEDULE_REPAIR)
		conf.goal = GOAL_VERIFY;
	conf.repair = conf.recall = kind == SCHEDULE_REPAIR;
	return conf;
}

static enum schedule_kind kind_of(enum command_request_kind kind)
{
	static const enum schedule_kind kinds[ERRANDS] = {
		[COMMAND_REQUEST_INCREMENTAL] = SCHEDULE_INCREMENTAL,
		[COMMAND_REQUEST_FULL] = SCHEDULE_FULL,
		[COMMAND_REQUEST_VERIFY] = SCHEDULE_VERIFY,
		[COMMAND_REQUEST_REPAIR] = SCHEDULE_REPAIR,
		[COMMAND_REQUEST_FULL_REPAIR] = SCHEDULE_FULL,
	};

	return kinds[kind];
}

/* A command request, if there is one. */
static bool take_errand(struct job *job, struct context *context)
{
	struct err err = ERR_INIT;

	job->command_request.id = 0;
	if (!job->asked)
		return false;
	/* One that cannot be read now is read when the warehouse is back. */
	if (command_request_next(context->warehouse, job->id, &job->command_request, &err) &&
	    job->command_request.id == 0)
		job->asked = false;
	return job->command_request.id > 0;
}

static void end_errand(struct job *job, struct context *context, const struct cycle_progress *p,
		       const struct err *err)
{
	struct command_request_end end = { .state = "done", .err = *err };
	struct err ignored;

	if (job->command_request.id == 0)
		return;
	if (p) {
		end.run = cycle_run(job->cycle);
		end.verdict = p->verdict;
	}
	if (err->kind == ERR_STOPPED) {
		/* It is not the command request's fault: it is done again. */
		job->asked = true;
		job->command_request.id = 0;
		return;
	}
	if (err->kind != ERR_NONE)
		end.state = p && p->state == CYCLE_PARTIAL ? "partial" : "failed";
	if (!warehouse_lost(context->warehouse))
		(void)!command_request_finish(context->warehouse, &job->command_request, &end,
					      &ignored);
	job->command_request.id = 0;
}

/* It goes wrong: true when that is worth a line. */
static bool note_trouble(struct job *job, const struct clock *clock, const struct err *err)
{
	if (job->schedule_status.failures++ == 0)
		job->schedule_status.trouble_since = clock_real(clock);
	snprintf(job->trouble_text, sizeof(job->trouble_text), "%.500s", err->text);
	return complain(&job->trouble, clock_mono(clock));
}

static void could_not_begin(struct job *job, struct context *context, struct err *err)
{
	struct schedule_time now = job_time(context->clock);
	struct schedule_end end = { .ok = false };
	struct log_line line;

	job->numbers.cycles[job->kind][NUMBERS_FAILED]++;
	schedule_ended(&job->schedule, job->kind, &end, &now);
	end_errand(job, context, NULL, err);
	if (warehouse_lost(context->warehouse) || err->kind == ERR_STOPPED)
		return;
	err_wrap(err, "%s", job->conf.name);
	if (note_trouble(job, context->clock, err)) {
		log_begin(&line, policy_level(err->kind), &events_table()->run_record_failed, "%s",
			  err->text);
		log_text(&line, "workspace", job->conf.name);
		log_text(&line, "kind", schedule_name(job->kind));
		log_end(&context->log, &line);
	}
	write_roster(job, context);
}

/* Asks the schedule, which is not for nothing: there may be many jobs, and rounds. */
static void ask_schedule(struct job *job, const struct schedule_time *now)
{
	job->kind = schedule_next(&job->schedule, now, &job->due);
	job->looked = now->mono;
}

static void begin_cycle(struct job *job, struct context *context)
{
	struct schedule_time now = job_time(context->clock);
	struct engine_conf conf = job->command_request.id > 0
					  ? command_request_conf(job->command_request.kind)
					  : conf_of(job->kind);
	struct err err = ERR_INIT;

	job->began = job->numbers.attempt[job->kind] = now.real;
	schedule_began(&job->schedule, job->kind, &now);
	job->cycle = cycle_begin(&job->conf, context_means(context), &conf, &err);
	if (!job->cycle) {
		could_not_begin(job, context, &err);
		return;
	}
	job->state = JOB_BUSY;
	write_roster(job, context);
}

int64_t job_start(struct job *job, struct context *context, int64_t now)
{
	struct schedule_time both;

	if (job->state != JOB_IDLE || job->leaving)
		return TIME_NEVER;
	if (!job->asked && now < job->due && now < job->looked + CALENDAR)
		return job->due;
	if (take_errand(job, context)) {
		job->kind = kind_of(job->command_request.kind);
	} else {
		both = job_time(context->clock);
		ask_schedule(job, &both);
		if (job->due > both.mono)
			return job->due;
	}
	begin_cycle(job, context);
	return job->state == JOB_BUSY ? TIME_NEVER : job->due;
}

/* ---- end -------------------------------------------------------------- */

static void recovered(struct job *job, struct context *context, int64_t lasted)
{
	char text[TIMETEXT_SIZE];
	struct log_line line;

	log_begin(&line, LEVEL_NOTICE, &events_table()->run_record_recovered,
		  "%s: works again, after %s and %d failures", job->conf.name,
		  duration_format(lasted, text), job->schedule_status.failures);
	log_text(&line, "workspace", job->conf.name);
	log_number(&line, "failures", job->schedule_status.failures);
	log_end(&context->log, &line);
}

/* Says how it went, as far as that was not said before. */
static void tell(struct job *job, struct context *context, const struct cycle_progress *p)
{
	int64_t now = clock_mono(context->clock), lasted;

	if (p->state != CYCLE_DONE && p->err.kind != ERR_STOPPED &&
	    !note_trouble(job, context->clock, &p->err))
		return;
	report_cycle(&context->log, job->cycle, now);
	if (p->state != CYCLE_DONE)
		return;
	if (complain_over(&job->trouble, now, &lasted, NULL))
		recovered(job, context, lasted);
	job->schedule_status.failures = 0;
	job->schedule_status.trouble_since = TIME_NONE;
	job->trouble_text[0] = '\0';
}

bool job_finish(struct job *job, struct context *context)
{
	struct schedule_time now = job_time(context->clock);
	const struct cycle_progress *p;
	struct err nothing = ERR_INIT;
	struct schedule_end end;

	if (job->state != JOB_BUSY || !cycle_over(job->cycle))
		return false;
	p = cycle_progress(job->cycle);
	end = (struct schedule_end){
		.ok = p->state == CYCLE_DONE,
		.full = p->strategy == STRATEGY_FULL_SWEEP,
		.different = p->verdict == VERDICT_DIFFERENT,
	};
	job->state = JOB_IDLE;
	numbers_count(&job->numbers, job->kind, p, now.real);
	job->numbers.took[job->kind] = now.mono - p->began;
	tell(job, context, p);
	if (p->err.kind == ERR_STOPPED && !end.ok)
		schedule_again(&job->schedule, job->kind, &now);
	else
		schedule_ended(&job->schedule, job->kind, &end, &now);
	if (end.ok)
		learn(job, &p->now, &now);
	/* Not ours any more: the connection that held the lock is another one's now. */
	if (p->state != CYCLE_DONE && strcmp(p->err.code, "SE001") == 0)
		job->state = JOB_WAITING;
	end_errand(job, context, p, end.ok ? &nothing : &p->err);
	cycle_end(&job->cycle);
	adopt(job, context->clock);
	if (!warehouse_lost(context->warehouse))
		advise(job, context);
	write_roster(job, context);
	return true;
}
