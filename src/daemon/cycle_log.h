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
 * Logs the end of a cycle, and what it learned: one line, and one for each thing that changed.
 * CLOCK is the complaint of a clock that is wrong; NULL of one cycle alone.
 */
void cycle_log_cycle(const struct log *log, const struct cycle *cycle, int64_t now,
		     struct complaint *clock);

#endif
