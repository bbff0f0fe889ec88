/* SPDX-License-Identifier: MIT */
#include "trouble.h"

#include <stdio.h>

#include "cycle_log.h"
#include "err_policy.h"
#include "events.h"
#include "time_format.h"

void trouble_begin(struct trouble *trouble)
{
	*trouble = (struct trouble){ .since = TIME_NONE };
}

/* It goes wrong: true when that is worth a line. */
static bool note(struct trouble *trouble, const struct clock *clock, const struct err *err)
{
	if (trouble->failures++ == 0)
		trouble->since = clock_real(clock);
	snprintf(trouble->text, sizeof(trouble->text), "%.500s", err->text);
	return log_backoff(&trouble->cycles, clock_mono(clock));
}

void trouble_not_begun(struct trouble *trouble, struct app *app, const char *workspace,
		       enum cycle_kind kind, const struct err *why)
{
	struct log_line line;

	if (!note(trouble, app->clock, why))
		return;
	log_begin(&line, err_policy_level(why->kind), &events_table()->cycle_failed, "%s",
		  why->text);
	log_text(&line, "workspace", workspace);
	log_text(&line, "kind", cycle_kind(kind)->name);
	log_end(&app->log, &line);
}

/* ---- the end of a cycle -------------------------------------------------- */

static void log_recovery(const struct trouble *trouble, struct app *app, const char *workspace,
			 int64_t lasted)
{
	char text[TIME_FORMAT_SIZE];
	struct log_line line;

	log_begin(&line, LEVEL_NOTICE, &events_table()->cycle_recovered,
		  "%s: works again, after %s and %d failures", workspace,
		  duration_format(lasted, text), trouble->failures);
	log_text(&line, "workspace", workspace);
	log_number(&line, "failures", trouble->failures);
	log_end(&app->log, &line);
}

static void messages_over(struct trouble *trouble, struct app *app, const struct cycle *cycle)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	int64_t now = clock_mono(app->clock);

	if (p->state == CYCLE_DONE)
		(void)!log_backoff_over(&trouble->messages, now, NULL);
	else if (p->err.kind == ERR_STOPPED || !log_backoff(&trouble->messages, now))
		return;
	cycle_log_cycle(&app->log, cycle, now, &trouble->clock);
}

void trouble_cycle_over(struct trouble *trouble, struct app *app, const struct cycle *cycle,
			enum cycle_kind kind)
{
	const struct cycle_progress *p = cycle_progress(cycle);
	int64_t now = clock_mono(app->clock), lasted;

	if (kind == CYCLE_MESSAGES) {
		messages_over(trouble, app, cycle);
		return;
	}
	if (p->state != CYCLE_DONE && p->err.kind != ERR_STOPPED &&
	    !note(trouble, app->clock, &p->err))
		return;
	cycle_log_cycle(&app->log, cycle, now, &trouble->clock);
	if (p->state != CYCLE_DONE)
		return;
	/* That some conversations can be had does not say that the list can. */
	if (p->strategy == STRATEGY_HINTED)
		return;
	if (log_backoff_over(&trouble->cycles, now, &lasted))
		log_recovery(trouble, app, cycle_name(cycle), lasted);
	trouble->failures = 0;
	trouble->since = TIME_NONE;
	trouble->text[0] = '\0';
}
