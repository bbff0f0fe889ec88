/* SPDX-License-Identifier: MIT */
#include "cli_due.h"

#include "err_policy.h"
#include "mem.h"
#include "plan.h"
#include "schedule_status.h"

/* A full sweep, a verify, and a repair. */
#define ROUNDS 3

/* When a workspace was read, as the warehouse knows it. */
struct past {
	struct warehouse_known known;
	struct schedule_status_past past;
	int64_t night; /* the first one after everything was read last */
};

static bool read_past(struct app *app, const struct workspace_conf *conf, int64_t now,
		      struct past *past, struct err *err)
{
	struct schedule_status_night night = { .zone = conf->timezone,
					       .minutes = conf->schedule.full,
					       .now = now };
	int id;

	if (!warehouse_find(app->warehouse, conf->name, &id, err) ||
	    !warehouse_load(app->warehouse, id, &past->known, err) ||
	    !schedule_status_read(app->warehouse, id, &past->past, err))
		return false;
	night.last = past->past.full_at;
	return schedule_status_find_night(app->warehouse, &night, &past->night, err);
}

/* Whether something is due that comes each INTERVAL. */
static bool is_over(int64_t last, int64_t interval, int64_t now)
{
	return last == TIME_NONE || last + interval <= now;
}

/*
 * The kind that is due after a task: CYCLE_INCREMENTAL for none. A workspace that was never proven
 * is read whole by every sync, so neither the night nor another try is waited for.
 */
static enum cycle_kind due_after(const struct cli_cycle *task, const struct past *past, int64_t now)
{
	const struct workspace_state *state = &past->known.state;
	int64_t retry = plan_retry(state);

	if (task->kind == CYCLE_VERIFY)
		return task->end.verdict == VERDICT_DIFFERENT ? CYCLE_REPAIR : CYCLE_INCREMENTAL;
	if (task->kind == CYCLE_REPAIR || !workspace_state_is_loaded(state))
		return CYCLE_INCREMENTAL;
	if (task->kind != CYCLE_FULL && state->certified_at != TIME_NONE &&
	    (past->night <= now || (retry != TIME_NONE && retry <= now)))
		return CYCLE_FULL;
	if (state->audit_due || is_over(past->past.verify_at, task->conf->schedule.verify, now))
		return CYCLE_VERIFY;
	return CYCLE_INCREMENTAL;
}

/* Fills DUE with the cycles that are due now, and OF with the task of each. Returns how many. */
static size_t find(struct app *app, const struct cli_cycle *tasks, size_t n, struct cli_cycle *due,
		   size_t *of)
{
	int64_t now = clock_real(app->clock);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const struct cli_cycle *task = &tasks[i];
		struct err err = ERR_INIT;
		enum cycle_kind kind;
		struct past past;

		/* One that a daemon did is followed by its schedule. */
		if (task->state != CLI_CYCLE_OVER || !task->cycle || task->end.err.kind != ERR_NONE)
			continue;
		if (!read_past(app, task->conf, now, &past, &err)) {
			app_fail(app, &err);
			continue;
		}
		kind = due_after(task, &past, now);
		if (kind == CYCLE_INCREMENTAL)
			continue;
		due[found] = (struct cli_cycle){ .conf = task->conf, .kind = kind };
		of[found++] = i;
	}
	return found;
}

bool cli_due_run(struct app *app, struct cli_cycle *tasks, size_t n)
{
	struct cli_cycle *due = mem_new(n * sizeof(*due));
	size_t *of = mem_new(n * sizeof(*of)), found;
	bool go_on = true;

	for (int round = 0; go_on && round < ROUNDS; round++) {
		int before = app->exit;

		found = find(app, tasks, n, due, of);
		if (found == 0)
			break;
		go_on = cli_cycle_run_all(app, due, found);
		app->exit = err_policy_worse(before, app->exit);
		for (size_t i = 0; i < found; i++) {
			/* A difference is repaired in the next round. */
			if (due[i].kind != CYCLE_VERIFY || due[i].end.verdict != VERDICT_DIFFERENT)
				app->exit = err_policy_worse(app->exit, cli_cycle_exit(&due[i]));
			cycle_end(&tasks[of[i]].cycle);
			tasks[of[i]] = due[i];
		}
	}
	mem_free(&due);
	mem_free(&of);
	return go_on;
}
