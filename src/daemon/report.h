/* SPDX-License-Identifier: MIT */
/*
 * report.h -- what a cycle came to, as a line of the log.
 */
#ifndef REPORT_H
#define REPORT_H

#include "cycle.h"
#include "log.h"

/* Logs the end of a cycle, and what it learned: one line, and one for each thing that changed. */
void report_cycle(const struct log *log, const struct cycle *cycle, int64_t now);

#endif
