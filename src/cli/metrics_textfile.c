/* SPDX-License-Identifier: MIT */
#include "metrics_textfile.h"

#include "mem.h"
#include "metrics.h"
#include "schedule_status.h"

/* The work done before, by any process; then the work of this command's cycle. */
static void fill(struct stats *stats, struct app *app, const struct cli_cycle *cli_cycle,
		 int64_t now)
{
	const struct cycle_progress *p = cycle_progress(cli_cycle->cycle);
	enum cycle_kind kind = cycle_kind(cli_cycle->kind)->scheduled;
	struct schedule_status_past past;
	struct rate_limit rate_limit;
	struct err ignored;
	int id;

	stats_begin(stats, cli_cycle->conf->name);
	if (!warehouse_lost(app->warehouse) &&
	    warehouse_find(app->warehouse, cli_cycle->conf->name, &id, &ignored) &&
	    schedule_status_read(app->warehouse, id, &past, &ignored)) {
		stats->success[CYCLE_FULL] = past.full_at;
		stats->success[CYCLE_VERIFY] = past.verify_at;
		stats->success[CYCLE_INCREMENTAL] = past.synced_at;
	}
	rate_limit_begin(&rate_limit, (int)cli_cycle->conf->requests_per_minute,
			 (int)cli_cycle->conf->reserve);
	stats->usable = rate_limit.usable;
	stats->held = 1;
	stats_remember(stats, &p->before);
	stats_count(stats, kind, p, now);
	stats->took[kind] = clock_mono(app->clock) - p->began;
	stats->attempt[kind] = now - stats->took[kind];
	stats->failures = p->state != CYCLE_DONE;
}

bool metrics_textfile_write(struct app *app, const struct cli_cycle *tasks, size_t n,
			    struct err *err)
{
	int64_t now = clock_real(app->clock);
	struct metrics metrics = { .started = TIME_NONE,
				   .warehouse = 1,
				   .reload_ok = TIME_NONE,
				   .reload_at = TIME_NONE,
				   .n = n };
	struct stats *stats;
	bool ok;

	if (!app->config->metrics.textfile)
		return true;
	for (size_t i = 0; i < n; i++)
		if (!tasks[i].cycle)
			return true;
	stats = mem_new(n * sizeof(*stats));
	metrics.stats = mem_new(n * sizeof(struct stats *));
	for (size_t i = 0; i < n; i++) {
		fill(&stats[i], app, &tasks[i], now);
		metrics.stats[i] = &stats[i];
	}
	ok = metrics_save(&metrics, app->config->metrics.textfile, now, err);
	mem_free(&metrics.stats);
	mem_free(&stats);
	return ok;
}
