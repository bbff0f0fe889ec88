/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <stdio.h>
#include <string.h>

#include "events.h"
#include "plan.h"
#include "policy.h"
#include "report.h"
#include "timetext.h"

struct schedule_time job_time(const struct clock *clock)
{
	return (struct schedule_time){ clock_mono(clock), clock_real(clock) };
}

void job_begin(struct job *job, const struct config_workspace *workspace, double place)
{
	*job = (struct job){ .id = 0 };
	job->conf = context_track(workspace);
	job->conf.held = true;
	job->zone = zone_open(workspace->timezone);
	job->when = (struct schedule_conf){
		.incremental = workspace->schedule.incremental,
		.verify = workspace->schedule.verify,
		.full = workspace->schedule.full,
		.zone = job->zone,
		.place = place,
	};
	job->roster = (struct roster){
		.incremental = job->when.incremental,
		.verify = job->when.verify,
		.full = job->when.full,
		.next_at = TIME_NONE,
		.running_since = TIME_NONE,
		.trouble_since = TIME_NONE,
	};
}

void job_end(struct job *job)
{
	track_end(&job->track);
	zone_free(&job->zone);
}

bool job_register(struct job *job, struct store *store, struct err *err)
{
	struct store_workspace workspace = { job->conf.name, job->conf.timezone,
					     job->conf.api.base_url, job->conf.lookback };

	return store_register(store, &workspace, &job->id, err);
}

/* ---- what is known ---------------------------------------------------- */

static void learn(struct job *job, const struct memory *memory, const struct schedule_time *now)
{
	struct schedule_facts facts = job->schedule.facts;

	facts.loaded = memory->certified_at != TIME_NONE;
	facts.audit_due = memory->audit_due;
	facts.retry_at = facts.loaded ? plan_retry(memory) : TIME_NONE;
	schedule_learn(&job->schedule, &facts, now);
}

static bool read_facts(struct job *job, struct context *context, struct err *err)
{
	struct schedule_time now = job_time(context->clock);
	struct store_known known;
	struct roster_past past;
	struct schedule_facts facts;

	if (!store_load(context->store, job->id, &known, err) ||
	    !roster_read(context->store, job->id, &past, err))
		return false;
	facts = (struct schedule_facts){ .full_at = past.full_at,
					 .verify_at = past.verify_at,
					 .retry_at = TIME_NONE,
					 .loaded = known.memory.certified_at != TIME_NONE };
	if (!job->scheduled)
		schedule_begin(&job->schedule, &job->when, &facts, &now);
	else
		schedule_learn(&job->schedule, &facts, &now);
	job->scheduled = true;
	learn(job, &known.memory, &now);
	return true;
}

/* Writes down what `status` shows. What goes wrong shows elsewhere. */
static void write_roster(struct job *job, struct context *context)
{
	struct schedule_time now = job_time(context->clock);
	struct roster *roster = &job->roster;
	struct err ignored;
	int64_t when;

	roster->next_kind = schedule_name(schedule_next(&job->schedule, &now, &when));
	roster->next_at = when == TIME_NEVER ? TIME_NONE : now.real + max_i64(0, when - now.mono);
	roster->running = job->state == JOB_BUSY ? schedule_name(job->kind) : NULL;
	roster->running_since = job->state == JOB_BUSY ? job->began : TIME_NONE;
	roster->trouble = job->trouble_text[0] ? job->trouble_text : NULL;
	roster->advice = job->advice[0] ? job->advice : NULL;
	if (!store_lost(context->store))
		(void)!roster_write(context->store, job->id, roster, &ignored);
}

/* ---- the lock --------------------------------------------------------- */

bool job_hold(struct job *job, struct context *context, struct err *err)
{
	if (!store_lock(context->store, job->id, err)) {
		job->unheld = false;
		return err->kind == ERR_BUSY;
	}
	job->state = JOB_IDLE;
	job->holder[0] = '\0';
	/* Whoever had it may have left errands undone. */
	job->asked = true;
	if (!read_facts(job, context, err))
		return false;
	write_roster(job, context);
	return true;
}

void job_lose(struct job *job, const struct clock *clock)
{
	struct schedule_time now = job_time(clock);
	struct schedule_end end = { .ok = false };

	track_end(&job->track);
	if (job->state == JOB_BUSY)
		schedule_ended(&job->schedule, job->kind, &end, &now);
	job->state = JOB_WAITING;
	job->unheld = false;
}

/* ---- beginning -------------------------------------------------------- */

static struct engine_conf conf_of(enum schedule_kind kind)
{
	struct engine_conf conf = { .goal = GOAL_INCREMENTAL, .ahead = 1 };

	if (kind == SCHEDULE_FULL)
		conf.goal = GOAL_FULL;
	if (kind == SCHEDULE_VERIFY || kind == SCHEDULE_REPAIR)
		conf.goal = GOAL_VERIFY;
	conf.mend = conf.recall = kind == SCHEDULE_REPAIR;
	return conf;
}

static enum schedule_kind kind_of(enum errand_kind kind)
{
	static const enum schedule_kind kinds[ERRANDS] = {
		[ERRAND_INCREMENTAL] = SCHEDULE_INCREMENTAL, [ERRAND_FULL] = SCHEDULE_FULL,
		[ERRAND_VERIFY] = SCHEDULE_VERIFY,	     [ERRAND_REPAIR] = SCHEDULE_REPAIR,
		[ERRAND_FULL_REPAIR] = SCHEDULE_FULL,
	};

	return kinds[kind];
}

/* An errand, if there is one. */
static bool take_errand(struct job *job, struct context *context)
{
	struct err err = ERR_INIT;

	job->errand.id = 0;
	if (!job->asked)
		return false;
	/* One that cannot be read now is read when the warehouse is back. */
	if (errand_next(context->store, job->id, &job->errand, &err) && job->errand.id == 0)
		job->asked = false;
	return job->errand.id > 0;
}

static void end_errand(struct job *job, struct context *context, const struct track_progress *p,
		       const struct err *err)
{
	struct errand_end end = { .state = "done", .err = *err };
	struct err ignored;

	if (job->errand.id == 0)
		return;
	if (p) {
		end.run = track_run(job->track);
		end.verdict = p->verdict;
	}
	if (err->kind != ERR_NONE)
		end.state = p && p->state == TRACK_PARTIAL ? "partial" : "failed";
	if (!store_lost(context->store))
		(void)!errand_finish(context->store, &job->errand, &end, &ignored);
	job->errand.id = 0;
}

/* It goes wrong: true when that is worth a line. */
static bool note_trouble(struct job *job, const struct clock *clock, const struct err *err)
{
	if (job->roster.failures++ == 0)
		job->roster.trouble_since = clock_real(clock);
	snprintf(job->trouble_text, sizeof(job->trouble_text), "%.500s", err->text);
	return complain(&job->trouble, clock_mono(clock));
}

static void could_not_begin(struct job *job, struct context *context, struct err *err)
{
	struct schedule_time now = job_time(context->clock);
	struct schedule_end end = { .ok = false };
	struct log_line line;

	schedule_ended(&job->schedule, job->kind, &end, &now);
	end_errand(job, context, NULL, err);
	if (store_lost(context->store) || err->kind == ERR_STOPPED)
		return;
	err_wrap(err, "%s", job->conf.name);
	if (note_trouble(job, context->clock, err)) {
		log_begin(&line, policy_level(err->kind), &events_table()->cycle_failed, "%s",
			  err->text);
		log_text(&line, "workspace", job->conf.name);
		log_text(&line, "kind", schedule_name(job->kind));
		log_end(&context->log, &line);
	}
	write_roster(job, context);
}

int64_t job_start(struct job *job, struct context *context)
{
	struct schedule_time now = job_time(context->clock);
	struct engine_conf conf;
	struct err err = ERR_INIT;
	int64_t when;

	if (job->state != JOB_IDLE || job->leaving)
		return TIME_NEVER;
	if (take_errand(job, context)) {
		job->kind = kind_of(job->errand.kind);
		conf = errand_conf(job->errand.kind);
	} else {
		job->kind = schedule_next(&job->schedule, &now, &when);
		if (when > now.mono)
			return when;
		conf = conf_of(job->kind);
	}
	job->began = now.real;
	schedule_began(&job->schedule, job->kind, &now);
	job->track = track_begin(&job->conf, context_means(context), &conf, &err);
	if (!job->track) {
		could_not_begin(job, context, &err);
		return now.mono;
	}
	job->state = JOB_BUSY;
	write_roster(job, context);
	return TIME_NEVER;
}

/* ---- end -------------------------------------------------------------- */

static void recovered(struct job *job, struct context *context, int64_t lasted)
{
	char text[TIMETEXT_SIZE];
	struct log_line line;

	log_begin(&line, LEVEL_NOTICE, &events_table()->cycle_recovered,
		  "%s: works again, after %s and %d failures", job->conf.name,
		  duration_format(lasted, text), job->roster.failures);
	log_text(&line, "workspace", job->conf.name);
	log_number(&line, "failures", job->roster.failures);
	log_end(&context->log, &line);
}

/* Says how it went, as far as that was not said before. */
static void tell(struct job *job, struct context *context, const struct track_progress *p)
{
	int64_t now = clock_mono(context->clock), lasted;

	if (p->state != TRACK_DONE && p->err.kind != ERR_STOPPED &&
	    !note_trouble(job, context->clock, &p->err))
		return;
	report_cycle(&context->log, job->track, now);
	if (p->state != TRACK_DONE)
		return;
	if (complain_over(&job->trouble, now, &lasted, NULL))
		recovered(job, context, lasted);
	job->roster.failures = 0;
	job->roster.trouble_since = TIME_NONE;
	job->trouble_text[0] = '\0';
}

void job_finish(struct job *job, struct context *context)
{
	struct schedule_time now = job_time(context->clock);
	const struct track_progress *p;
	struct schedule_end end;

	if (job->state != JOB_BUSY || !track_over(job->track))
		return;
	p = track_progress(job->track);
	end = (struct schedule_end){
		.ok = p->state == TRACK_DONE,
		.full = p->strategy == STRATEGY_FULL_SWEEP,
		.different = p->verdict == VERDICT_DIFFERENT,
	};
	job->state = JOB_IDLE;
	tell(job, context, p);
	schedule_ended(&job->schedule, job->kind, &end, &now);
	if (end.ok)
		learn(job, &p->now, &now);
	/* Not ours any more: the connection that held the lock is another one's now. */
	if (p->state != TRACK_DONE && strcmp(p->err.code, "SE001") == 0)
		job->state = JOB_WAITING;
	end_errand(job, context, p, end.ok ? &(struct err)ERR_INIT : &p->err);
	track_end(&job->track);
	write_roster(job, context);
}
