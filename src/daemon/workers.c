/* SPDX-License-Identifier: MIT */
#include "workers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "mem.h"
#include "time_format.h"

/* How often to look whether a lock has become free: at most that long after its holder died. */
#define LOOK (2 * USEC_PER_SEC)

/* The modules that show numbers have a list of their own. */
static void list_numbers(struct workers *workers)
{
	workers->stats = mem_grow(workers->stats, (workers->n + 1) * sizeof(*workers->stats));
	for (size_t i = 0; i < workers->n; i++)
		workers->stats[i] = &workers->list[i]->stats;
}

/* The I-th of those that are configured. */
static struct worker *new_worker(const struct app *app, size_t i)
{
	return worker_new(app->workspaces[i], (double)i / (double)app->n_workspaces);
}

void workers_begin(struct workers *workers, struct app *app)
{
	workers->n = app->n_workspaces;
	workers->list = mem_new(workers->n * sizeof(struct worker *));
	workers->look_at = 0;
	workers->held = SIZE_MAX;
	for (size_t i = 0; i < workers->n; i++)
		workers->list[i] = new_worker(app, i);
	list_numbers(workers);
}

void workers_end(struct workers *workers)
{
	for (size_t i = 0; i < workers->n; i++)
		worker_free(&workers->list[i]);
	mem_free(&workers->list);
	mem_free(&workers->stats);
	workers->n = 0;
}

bool workers_register(struct workers *workers, struct warehouse *warehouse, struct err *err)
{
	workers->look_at = 0;
	for (size_t i = 0; i < workers->n; i++)
		if (!worker_register(workers->list[i], warehouse, err))
			return err_wrap(err, "%s", workers->list[i]->workspace->name);
	return true;
}

/* ---- another configuration --------------------------------------------- */

static struct worker *named(struct workers *workers, const char *name)
{
	for (size_t i = 0; i < workers->n; i++)
		if (!workers->list[i]->leaving && strcmp(workers->list[i]->stats.name, name) == 0)
			return workers->list[i];
	return NULL;
}

/* The workspace of that name among those that the command is about, or NULL. */
static const struct workspace_conf *wanted(const struct app *app, const char *name)
{
	for (size_t i = 0; i < app->n_workspaces; i++)
		if (strcmp(app->workspaces[i]->name, name) == 0)
			return app->workspaces[i];
	return NULL;
}

void workers_change(struct workers *workers, struct app *app)
{
	size_t n = workers->n;

	for (size_t i = 0; i < n; i++) {
		struct worker *worker = workers->list[i];

		worker_change(worker, worker->leaving ? NULL : wanted(app, worker->workspace->name),
			      app->clock);
	}
	workers->list = mem_grow(workers->list, (n + app->n_workspaces) * sizeof(struct worker *));
	for (size_t i = 0; i < app->n_workspaces; i++)
		if (!named(workers, app->workspaces[i]->name))
			workers->list[workers->n++] = new_worker(app, i);
	list_numbers(workers);
	workers->look_at = 0;
	workers->held = SIZE_MAX;
}

bool workers_have_changed(const struct workers *workers)
{
	for (size_t i = 0; i < workers->n; i++)
		if (workers->list[i]->leaving || workers->list[i]->next)
			return false;
	return true;
}

/* Those that are not configured any more go as soon as nothing of theirs runs. */
static void drop_leaving(struct workers *workers, struct warehouse *warehouse)
{
	size_t n = 0;

	for (size_t i = 0; i < workers->n; i++) {
		struct worker *worker = workers->list[i];

		if (!worker->leaving || worker->state == WORKER_BUSY) {
			workers->list[n++] = worker;
			continue;
		}
		if (worker->state == WORKER_IDLE)
			warehouse_unlock(warehouse, worker->id);
		worker_free(&worker);
	}
	if (n == workers->n)
		return;
	workers->n = n;
	list_numbers(workers);
}

void workers_disconnect(struct workers *workers, const struct clock *clock, bool another)
{
	for (size_t i = 0; i < workers->n; i++)
		worker_disconnect(workers->list[i], clock, another);
}

/* ---- locks ------------------------------------------------------------ */

static struct worker *find(struct workers *workers, int64_t id)
{
	for (size_t i = 0; i < workers->n; i++)
		if (workers->list[i]->id == id)
			return workers->list[i];
	return NULL;
}

/* Asks for the holder of each workspace. */
static bool read_holders(struct workers *workers, struct app *app, struct err *err)
{
	CLEANUP(table_free) struct table *holders = NULL;

	if (!warehouse_holders(app->warehouse, &holders, err))
		return false;
	for (int row = 0; row < table_rows(holders); row++) {
		struct worker *worker = find(workers, table_get_int(holders, row, "id"));
		const char *holder = table_get(holders, row, "holder");

		if (!worker || worker->state != WORKER_WAITING)
			continue;
		worker->unheld = !table_get_bool(holders, row, "is_held");
		if (!worker->unheld)
			worker->stats.unattended = TIME_NONE;
		else if (worker->stats.unattended == TIME_NONE)
			worker->stats.unattended = clock_real(app->clock);
		if (holder)
			snprintf(worker->holder, sizeof(worker->holder), "%s", holder);
	}
	return true;
}

static size_t count(const struct workers *workers, bool waiting)
{
	size_t n = 0;

	for (size_t i = 0; i < workers->n; i++)
		n += (workers->list[i]->state == WORKER_WAITING) == waiting;
	return n;
}

static const char *some_holder(const struct workers *workers)
{
	for (size_t i = 0; i < workers->n; i++)
		if (workers->list[i]->state == WORKER_WAITING)
			return workers->list[i]->holder;
	return "nobody";
}

static void log_held(struct workers *workers, struct app *app)
{
	size_t held = count(workers, false);
	struct log_line line;

	if (held == workers->held)
		return;
	if (held == workers->n)
		log_begin(&line, LEVEL_NOTICE, &events_table()->working, "works on %zu workspace%s",
			  held, held == 1 ? "" : "s");
	else
		log_begin(&line, LEVEL_NOTICE, &events_table()->standby,
			  "works on %zu of %zu workspaces and is standby for the others, which are "
			  "held by %s",
			  held, workers->n, some_holder(workers));
	log_number(&line, "held", (int64_t)held);
	log_number(&line, "workspaces", (int64_t)workers->n);
	log_end(&app->log, &line);
	workers->held = held;
}

/* Whether any lock seems to be free. */
static bool any_unheld(const struct workers *workers)
{
	for (size_t i = 0; i < workers->n; i++)
		if (workers->list[i]->state == WORKER_WAITING && workers->list[i]->unheld)
			return true;
	return false;
}

static bool take_all(struct workers *workers, struct app *app, struct err *err)
{
	for (size_t i = 0; i < workers->n; i++) {
		struct worker *worker = workers->list[i];

		if (worker->state == WORKER_WAITING && worker->unheld && !worker->leaving &&
		    !worker_take_lock(worker, app, err))
			return err_wrap(err, "%s", worker->workspace->name);
	}
	return true;
}

bool workers_take_locks(struct workers *workers, struct app *app, int64_t *when, struct err *err)
{
	int64_t now = clock_mono(app->clock);
	bool ok = true;

	*when = TIME_NEVER;
	if (count(workers, true) == 0)
		return true;
	if (now >= workers->look_at) {
		ok = read_holders(workers, app, err);
		workers->look_at = now + LOOK;
	}
	/* While a batch is merged no lock can be had: none is begun until it was. */
	warehouse_reserve(app->warehouse, ok && any_unheld(workers));
	if (ok && warehouse_ready(app->warehouse)) {
		ok = take_all(workers, app, err);
		warehouse_reserve(app->warehouse, false);
	}
	if (ok)
		log_held(workers, app);
	*when = count(workers, true) > 0 ? workers->look_at : TIME_NEVER;
	return ok;
}

void workers_log_unconfigured(struct workers *workers, struct app *app)
{
	CLEANUP(table_free) struct table *holders = NULL;
	CLEANUP(buf_free) struct buf names = BUF_MAX(512);
	struct log_line line;
	struct err ignored;

	if (!warehouse_holders(app->warehouse, &holders, &ignored))
		return;
	for (int row = 0; row < table_rows(holders); row++)
		if (!find(workers, table_get_int(holders, row, "id")) &&
		    !table_get_bool(holders, row, "is_held"))
			buf_printf(&names, "%s%s", names.len ? ", " : "",
				   table_get(holders, row, "name"));
	if (names.len == 0 || app->workspace)
		return;
	log_begin(&line, LEVEL_NOTICE, &events_table()->not_configured,
		  "the warehouse holds workspaces that are not configured: %s; one that was "
		  "renamed in "
		  "the configuration alone has to be renamed here, too: select "
		  "sahut_etl.rename_workspace('OLD', 'NEW')",
		  buf_text(&names));
	log_text(&line, "workspaces", buf_text(&names));
	log_end(&app->log, &line);
}

/* ---- work ------------------------------------------------------------- */

/* A person has paused a workspace, or lets it go on. */
static void take_pauses(struct workers *workers, struct app *app)
{
	CLEANUP(table_free) struct table *paused = NULL;
	struct err ignored;

	if (!schedule_status_paused(app->warehouse, &paused, &ignored))
		return;
	for (size_t i = 0; i < workers->n; i++) {
		struct worker *worker = workers->list[i];
		int64_t since = TIME_NONE;

		for (int row = 0; row < table_rows(paused); row++)
			if (table_get_int(paused, row, "id") == worker->id)
				since = table_get_int(paused, row, "since");
		worker_pause(worker, app, since);
	}
}

void workers_notify(struct workers *workers, struct app *app)
{
	CLEANUP(table_free) struct table *waiting = NULL;
	struct err ignored;

	/*
	 * If it cannot be read, the warehouse is lost; a worker that takes a lock anew looks again.
	 */
	take_pauses(workers, app);
	if (!command_request_waiting(app->warehouse, &waiting, &ignored))
		return;
	for (int row = 0; row < table_rows(waiting); row++) {
		struct worker *worker = find(workers, table_get_int(waiting, row, "id"));

		if (worker)
			worker->asked = true;
	}
}

int64_t workers_start(struct workers *workers, struct app *app, struct loop *loop)
{
	int64_t next = TIME_NEVER, now = clock_mono(app->clock);

	loop->n = workers->n;
	loop->cycles = mem_grow(loop->cycles, (workers->n + 1) * sizeof(struct cycle *));
	for (size_t i = 0; i < workers->n; i++) {
		next = min_i64(next, worker_start(workers->list[i], app, now));
		loop->cycles[i] = workers->list[i]->cycle;
	}
	return next;
}

bool workers_have_hints(const struct workers *workers)
{
	for (size_t i = 0; i < workers->n; i++)
		if (workers->list[i]->inbox &&
		    hints_due(&workers->list[i]->inbox->hints) != TIME_NEVER)
			return true;
	return false;
}

int64_t workers_idle_until(const struct workers *workers)
{
	int64_t until = TIME_NEVER;

	for (size_t i = 0; i < workers->n; i++) {
		const struct worker *worker = workers->list[i];

		/* Of one that is paused only the warehouse hears that it is to go on. */
		if (worker->state != WORKER_IDLE || worker->asked || worker->due == 0 ||
		    worker->leaving || worker->stats.paused != TIME_NONE)
			return TIME_NONE;
		until = min_i64(until, worker->due);
	}
	return until == TIME_NEVER || workers_have_hints(workers) ? TIME_NONE : until;
}

void workers_sleep(struct workers *workers, const struct clock *clock)
{
	for (size_t i = 0; i < workers->n; i++) {
		worker_disconnect(workers->list[i], clock, false);
		workers->list[i]->stats.held = 1;
	}
	workers->look_at = 0;
}

bool workers_finish(struct workers *workers, struct app *app)
{
	bool any = false;

	for (size_t i = 0; i < workers->n; i++)
		any = worker_finish(workers->list[i], app) || any;
	if (!warehouse_lost(app->warehouse))
		drop_leaving(workers, app->warehouse);
	return any;
}

void workers_note_refresh(struct workers *workers, int workspace, bool well)
{
	struct worker *worker = find(workers, workspace);

	if (worker)
		worker->stats.report_failures = well ? 0 : worker->stats.report_failures + 1;
}

/* ---- for people --------------------------------------------------------- */

/* The workspace that goes wrong first of all, or NULL. */
static const struct worker *troubled(const struct workers *workers, size_t *n)
{
	const struct worker *first = NULL;

	*n = 0;
	for (size_t i = 0; i < workers->n; i++) {
		const struct worker *worker = workers->list[i];

		if (!worker->trouble.text[0])
			continue;
		++*n;
		if (!first || worker->trouble.since < first->trouble.since)
			first = worker;
	}
	return first;
}

static const struct worker *next_of(const struct workers *workers)
{
	const struct worker *next = NULL;

	for (size_t i = 0; i < workers->n; i++) {
		const struct worker *worker = workers->list[i];

		if (worker->state == WORKER_IDLE && worker->stats.paused == TIME_NONE &&
		    worker->schedule_status.next_at != TIME_NONE &&
		    (!next || worker->schedule_status.next_at < next->schedule_status.next_at))
			next = worker;
	}
	return next;
}

void workers_summary(const struct workers *workers, const struct clock *clock, struct buf *out)
{
	size_t wrong, waiting = count(workers, true), busy = 0, paused = 0;
	const struct worker *worst = troubled(workers, &wrong), *next = next_of(workers);
	char when[TIME_FORMAT_SIZE];

	for (size_t i = 0; i < workers->n; i++) {
		busy += workers->list[i]->state == WORKER_BUSY;
		paused += workers->list[i]->stats.paused != TIME_NONE;
	}
	buf_printf(out, "%zu workspace%s: %zu at work", workers->n, workers->n == 1 ? "" : "s",
		   busy);
	if (paused > 0)
		buf_printf(out, ", %zu paused", paused);
	if (waiting > 0)
		buf_printf(out, ", standby for %zu held by %s", waiting, some_holder(workers));
	if (worst)
		buf_printf(out, ", %zu in trouble (%s, for %s)", wrong, worst->workspace->name,
			   duration_format(clock_real(clock) - worst->trouble.since, when));
	if (next)
		buf_printf(out, "; next: %s of %s at %s", next->schedule_status.next_kind,
			   next->workspace->name,
			   time_format(next->schedule_status.next_at / USEC_PER_SEC * USEC_PER_SEC,
				       when));
}
