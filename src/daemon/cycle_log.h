/* SPDX-License-Identifier: MIT */
/*
 * cycle_log.h -- Writes the result of a cycle as a log line.
 */
#ifndef CYCLE_LOG_H
#define CYCLE_LOG_H

#include "cycle.h"
#include "log.h"
#include "log_backoff.h"

/*
 * Logs the end of a cycle: one line, and one more for each state that it changed. CLOCK is the
 * complaint about a clock that is wrong; NULL where there is only one cycle.
 */
void cycle_log_cycle(const struct log *log, const struct cycle *cycle, int64_t now,
		     struct complaint *clock);

#endif
