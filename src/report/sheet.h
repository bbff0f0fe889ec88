/* SPDX-License-Identifier: MIT */
/*
 * sheet.h -- a report as one HTML file that needs nothing else.
 *
 * Every number stands in a table; charts are drawn from those tables by the
 * page's script, where the program was built with Chart.js, and are left
 * out where it was not. The page's own policy forbids it to ask anybody for
 * anything, and to run any script but the two it carries.
 */
#ifndef SHEET_H
#define SHEET_H

#include "buf.h"
#include "grid.h"
#include "topic.h"
#include "word.h"

struct sheet {
	struct buf *out; /* the body, as it grows */
	enum lang lang;
};

/* Adds what the row ROW of SCOPE tells: name, period, how complete. MANY: it is one of several. */
void sheet_workspace(struct sheet *sheet, const struct grid *scope, int row, bool many);

/* Adds links to the topics below, FIRST before all others. */
void sheet_links(struct sheet *sheet, const struct topic *first);

/*
 * Begins a topic, and ends it. LINKED: it is a place that links lead to. TITLED: it has a title,
 * which the page does not have already.
 */
void sheet_open_topic(struct sheet *sheet, const struct topic *topic, bool linked, bool titled);
void sheet_close_topic(struct sheet *sheet);

/* Adds a panel with what its query answered. */
void sheet_panel(struct sheet *sheet, const struct panel *panel, const struct grid *grid);

/* Ends the body with who made it. */
void sheet_foot(struct sheet *sheet, const char *program, const char *made_at);

/* Puts the whole page around BODY. */
void sheet_write(struct buf *out, enum lang lang, const char *title, const struct buf *body);

#endif
