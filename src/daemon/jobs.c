/* SPDX-License-Identifier: MIT */
#include "jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "mem.h"
#include "timetext.h"

/* How often to look whether a lock has become free: whoever had it died that long ago at most. */
#define LOOK (2 * USEC_PER_SEC)

static const struct config_workspace *configured(const struct context *context, const char *name)
{
	return config_find(context->config, name, &(struct err)ERR_INIT);
}

/* Those who show numbers have a list of their own. */
static void list_numbers(struct jobs *jobs)
{
	jobs->numbers = mem_grow(jobs->numbers, (jobs->n + 1) * sizeof(*jobs->numbers));
	for (size_t i = 0; i < jobs->n; i++)
		jobs->numbers[i] = &jobs->list[i]->numbers;
}

/* The place of a new one of N, the I-th. */
static struct job *new_job(const struct context *context, size_t i)
{
	const char *name = context->cycles[i].name;
	struct job *job = job_new(configured(context, name), (double)i / (double)context->n_tracks);
	struct log_line line;

	if (job->zone)
		return job;
	log_begin(&line, LEVEL_WARNING, NULL,
		  "%s: this system does not know the time zone %s, so the full sweep is done by "
		  "UTC; install tzdata",
		  name, job->conf.timezone);
	log_end(&context->log, &line);
	return job;
}

void jobs_begin(struct jobs *jobs, struct context *context)
{
	jobs->n = context->n_tracks;
	jobs->list = mem_new(jobs->n * sizeof(struct job *));
	jobs->look_at = 0;
	jobs->held = SIZE_MAX;
	for (size_t i = 0; i < jobs->n; i++)
		jobs->list[i] = new_job(context, i);
	list_numbers(jobs);
}

void jobs_end(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		job_free(&jobs->list[i]);
	mem_free(&jobs->list);
	mem_free(&jobs->numbers);
	jobs->n = 0;
}

bool jobs_register(struct jobs *jobs, struct warehouse *warehouse, struct err *err)
{
	jobs->look_at = 0;
	for (size_t i = 0; i < jobs->n; i++)
		if (!job_register(jobs->list[i], warehouse, err))
			return err_wrap(err, "%s", jobs->list[i]->conf.name);
	return true;
}

/* ---- another configuration --------------------------------------------- */

static struct job *named(struct jobs *jobs, const char *name)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (!jobs->list[i]->leaving && strcmp(jobs->list[i]->numbers.name, name) == 0)
			return jobs->list[i];
	return NULL;
}

static bool is_wanted(const struct context *context, const char *name)
{
	for (size_t i = 0; i < context->n_tracks; i++)
		if (strcmp(context->cycles[i].name, name) == 0)
			return true;
	return false;
}

void jobs_change(struct jobs *jobs, struct context *context)
{
	size_t n = jobs->n;

	for (size_t i = 0; i < n; i++) {
		const char *name = jobs->list[i]->conf.name;
		bool wanted = !jobs->list[i]->leaving && is_wanted(context, name);

		job_change(jobs->list[i], wanted ? configured(context, name) : NULL,
			   context->clock);
	}
	jobs->list = mem_grow(jobs->list, (n + context->n_tracks) * sizeof(struct job *));
	for (size_t i = 0; i < context->n_tracks; i++)
		if (!named(jobs, context->cycles[i].name))
			jobs->list[jobs->n++] = new_job(context, i);
	list_numbers(jobs);
	jobs->look_at = 0;
	jobs->held = SIZE_MAX;
}

bool jobs_have_changed(const struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->list[i]->leaving || jobs->list[i]->next)
			return false;
	return true;
}

/* Those that are not configured any more go as soon as nothing of theirs runs. */
static void dismiss(struct jobs *jobs, struct warehouse *warehouse)
{
	size_t n = 0;

	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = jobs->list[i];

		if (!job->leaving || job->state == JOB_BUSY) {
			jobs->list[n++] = job;
			continue;
		}
		if (job->state == JOB_IDLE)
			warehouse_unlock(warehouse, job->id);
		job_free(&job);
	}
	if (n == jobs->n)
		return;
	jobs->n = n;
	list_numbers(jobs);
}

void jobs_lose(struct jobs *jobs, const struct clock *clock, bool another)
{
	for (size_t i = 0; i < jobs->n; i++)
		job_lose(jobs->list[i], clock, another);
}

/* ---- locks ------------------------------------------------------------ */

static struct job *find(struct jobs *jobs, int64_t id)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->list[i]->id == id)
			return jobs->list[i];
	return NULL;
}

/* Asks who holds what. */
static bool look(struct jobs *jobs, struct warehouse *warehouse, struct err *err)
{
	CLEANUP(grid_free) struct grid *holders = NULL;

	if (!warehouse_holders(warehouse, &holders, err))
		return false;
	for (int row = 0; row < grid_rows(holders); row++) {
		struct job *job = find(jobs, grid_int(holders, row, 0));
		const char *holder = grid_text(holders, row, 1);

		if (!job || job->state != JOB_WAITING)
			continue;
		job->unheld = !grid_bool(holders, row, 2);
		snprintf(job->holder, sizeof(job->holder), "%s", holder ? holder : "somebody");
	}
	return true;
}

static size_t count(const struct jobs *jobs, bool waiting)
{
	size_t n = 0;

	for (size_t i = 0; i < jobs->n; i++)
		n += (jobs->list[i]->state == JOB_WAITING) == waiting;
	return n;
}

static const char *some_holder(const struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->list[i]->state == JOB_WAITING)
			return jobs->list[i]->holder;
	return "nobody";
}

static void say_what_is_held(struct jobs *jobs, struct context *context)
{
	size_t held = count(jobs, false);
	struct log_line line;

	if (held == jobs->held)
		return;
	if (held == jobs->n)
		log_begin(&line, LEVEL_NOTICE, &events_table()->working, "works on %zu workspace%s",
			  held, held == 1 ? "" : "s");
	else
		log_begin(&line, LEVEL_NOTICE, &events_table()->standby,
			  "works on %zu of %zu workspaces and is standby for the others, which are "
			  "held by %s",
			  held, jobs->n, some_holder(jobs));
	log_number(&line, "held", (int64_t)held);
	log_number(&line, "workspaces", (int64_t)jobs->n);
	log_end(&context->log, &line);
	jobs->held = held;
}

/* Whether any lock seems to be free. */
static bool any_unheld(const struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->list[i]->state == JOB_WAITING && jobs->list[i]->unheld)
			return true;
	return false;
}

static bool take_all(struct jobs *jobs, struct context *context, struct err *err)
{
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = jobs->list[i];

		if (job->state == JOB_WAITING && job->unheld && !job->leaving &&
		    !job_hold(job, context, err))
			return err_wrap(err, "%s", job->conf.name);
	}
	return true;
}

bool jobs_hold(struct jobs *jobs, struct context *context, int64_t *when, struct err *err)
{
	int64_t now = clock_mono(context->clock);
	bool ok = true;

	*when = TIME_NEVER;
	if (count(jobs, true) == 0)
		return true;
	if (now >= jobs->look_at) {
		ok = look(jobs, context->warehouse, err);
		jobs->look_at = now + LOOK;
	}
	/* While a batch is merged no lock can be had: none is begun until it was. */
	warehouse_reserve(context->warehouse, ok && any_unheld(jobs));
	if (ok && warehouse_ready(context->warehouse)) {
		ok = take_all(jobs, context, err);
		warehouse_reserve(context->warehouse, false);
	}
	if (ok)
		say_what_is_held(jobs, context);
	*when = count(jobs, true) > 0 ? jobs->look_at : TIME_NEVER;
	return ok;
}

void jobs_miss(struct jobs *jobs, struct context *context)
{
	CLEANUP(grid_free) struct grid *holders = NULL;
	CLEANUP(buf_free) struct buf names = BUF_MAX(512);
	struct log_line line;
	struct err ignored;

	if (!warehouse_holders(context->warehouse, &holders, &ignored))
		return;
	for (int row = 0; row < grid_rows(holders); row++)
		if (!find(jobs, grid_int(holders, row, 0)) && !grid_bool(holders, row, 2))
			buf_printf(&names, "%s%s", names.len ? ", " : "",
				   grid_text(holders, row, 3));
	if (names.len == 0 || context->workspace)
		return;
	log_begin(&line, LEVEL_NOTICE, &events_table()->not_configured,
		  "the warehouse holds what is not configured: %s", buf_text(&names));
	log_text(&line, "workspaces", buf_text(&names));
	log_end(&context->log, &line);
}

/* ---- work ------------------------------------------------------------- */

void jobs_ask(struct jobs *jobs, struct warehouse *warehouse)
{
	CLEANUP(grid_free) struct grid *waiting = NULL;
	struct err ignored;

	/* If it cannot be read, the warehouse is lost; whoever holds a lock anew looks again. */
	if (!command_request_waiting(warehouse, &waiting, &ignored))
		return;
	for (int row = 0; row < grid_rows(waiting); row++) {
		struct job *job = find(jobs, grid_int(waiting, row, 0));

		if (job)
			job->asked = true;
	}
}

int64_t jobs_start(struct jobs *jobs, struct context *context, struct loop *loop)
{
	int64_t next = TIME_NEVER, now = clock_mono(context->clock);

	loop->n = jobs->n;
	loop->cycles = mem_grow(loop->cycles, (jobs->n + 1) * sizeof(struct cycle *));
	for (size_t i = 0; i < jobs->n; i++) {
		next = min_i64(next, job_start(jobs->list[i], context, now));
		loop->cycles[i] = jobs->list[i]->cycle;
	}
	return next;
}

bool jobs_finish(struct jobs *jobs, struct context *context)
{
	bool any = false;

	for (size_t i = 0; i < jobs->n; i++)
		any = job_finish(jobs->list[i], context) || any;
	if (!warehouse_lost(context->warehouse))
		dismiss(jobs, context->warehouse);
	return any;
}

/* ---- what people see --------------------------------------------------- */

/* The workspace that goes wrong first of all, or NULL. */
static const struct job *troubled(const struct jobs *jobs, size_t *n)
{
	const struct job *first = NULL;

	*n = 0;
	for (size_t i = 0; i < jobs->n; i++) {
		const struct job *job = jobs->list[i];

		if (!job->trouble_text[0])
			continue;
		++*n;
		if (!first ||
		    job->schedule_status.trouble_since < first->schedule_status.trouble_since)
			first = job;
	}
	return first;
}

static const struct job *next_of(const struct jobs *jobs)
{
	const struct job *next = NULL;

	for (size_t i = 0; i < jobs->n; i++) {
		const struct job *job = jobs->list[i];

		if (job->state == JOB_IDLE && job->schedule_status.next_at != TIME_NONE &&
		    (!next || job->schedule_status.next_at < next->schedule_status.next_at))
			next = job;
	}
	return next;
}

void jobs_summary(const struct jobs *jobs, const struct clock *clock, struct buf *out)
{
	size_t wrong, waiting = count(jobs, true), busy = 0;
	const struct job *worst = troubled(jobs, &wrong), *next = next_of(jobs);
	char when[TIMETEXT_SIZE];

	for (size_t i = 0; i < jobs->n; i++)
		busy += jobs->list[i]->state == JOB_BUSY;
	buf_printf(out, "%zu workspace%s: %zu at work", jobs->n, jobs->n == 1 ? "" : "s", busy);
	if (waiting > 0)
		buf_printf(out, ", standby for %zu held by %s", waiting, some_holder(jobs));
	if (worst)
		buf_printf(out, ", %zu in trouble (%s, for %s)", wrong, worst->conf.name,
			   duration_format(clock_real(clock) - worst->schedule_status.trouble_since,
					   when));
	if (next)
		buf_printf(out, "; next: %s of %s at %s", next->schedule_status.next_kind,
			   next->conf.name,
			   time_format(next->schedule_status.next_at / USEC_PER_SEC * USEC_PER_SEC,
				       when));
}
