/* SPDX-License-Identifier: MIT */
/*
 * tableout.h -- a panel of a report as a table for a terminal.
 *
 * Numbers are written for people, with their units, and names are cut so
 * that a line fits; who wants them whole and raw asks for CSV.
 */
#ifndef TABLEOUT_H
#define TABLEOUT_H

#include "buf.h"
#include "grid.h"
#include "topic.h"
#include "word.h"

struct tableout {
	struct buf *out;
	enum lang lang;
	int width; /* columns of the terminal */
};

/* Adds whose report it is, for which days, and how complete: row ROW of the scope. */
void tableout_scope(const struct tableout *to, const struct grid *scope, int row);

/* Adds a panel with its title. */
void tableout_panel(const struct tableout *to, const struct panel *panel, const struct grid *grid);

#endif
