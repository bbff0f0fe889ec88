/* SPDX-License-Identifier: MIT */
/*
 * cycle_log.h -- Writes the result of a cycle as a log line.
 */
#ifndef CYCLE_LOG_H
#define CYCLE_LOG_H

#include "cycle.h"
#include "log.h"

/* Logs the end of a cycle, and what it learned: one line, and one for each thing that changed. */
void cycle_log_cycle(const struct log *log, const struct cycle *cycle, int64_t now);

#endif
