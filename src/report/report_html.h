/* SPDX-License-Identifier: MIT */
/*
 * report_html.h -- Writes a report as one HTML file that needs no other file.
 *
 * Every number stands in a table; charts are drawn from those tables by the
 * page's script, where the program was built with Chart.js, and are left
 * out where it was not. The page's own policy forbids it to ask anybody for
 * anything, and to run any script but the two it carries.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "buf.h"
#include "report_catalog.h"
#include "report_text.h"
#include "table.h"

struct report_html {
	struct buf *out; /* the body, as it grows */
	enum lang lang;
	const char *only;     /* the filters in words, or NULL */
	const char *series;   /* private: of the panel that is written, cell_format_heading()'s */
	const char *open_day; /* private: the first day that is not over, or NULL */
	bool goes_on;	      /* private: the last day of the period is not over */
};

/* Adds the facts of row ROW of SCOPE: name, period, how complete. MANY: it is one of several. */
void report_html_workspace(struct report_html *report, const struct table *scope, int row,
			   bool many);

/* Adds a sentence of its own; nothing for "". */
void report_html_note(struct report_html *report, const char *text);

/* Adds links to the N topics below. */
void report_html_links(struct report_html *report, const struct report_catalog *const *topics,
		       size_t n);

/* Writes, instead of all panels of a topic, why this workspace knows nothing of it. */
void report_html_unknown(struct report_html *report, const char *text);

/*
 * Begins a topic, and ends it. LINKED: it is a place that links lead to. TITLED: it has a title,
 * which the page does not have already.
 */
void report_html_open_topic(struct report_html *report, const struct report_catalog *topic,
			    bool linked, bool titled);
void report_html_close_topic(struct report_html *report);

/* Adds a panel with the answer to its query. */
void report_html_panel(struct report_html *report, const struct panel *panel,
		       const struct table *table);

/* Ends the body with the program that made it, and when. */
void report_html_foot(struct report_html *report, const char *program, const char *made_at);

/* Puts the whole page around BODY. */
void report_html_write(struct buf *out, enum lang lang, const char *title, const struct buf *body);

#endif
