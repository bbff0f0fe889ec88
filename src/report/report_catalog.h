/* SPDX-License-Identifier: MIT */
/*
 * report_catalog.h -- Lists the reports, and the panels of each.
 *
 * A topic has panels: figures in large type, charts, tables, heat maps. Each
 * panel is one query, and the form in which its answer is shown; the words
 * stand in report_text.c under the panel's name. Nothing here knows HTML or a
 * terminal.
 */
#ifndef REPORT_CATALOG_H
#define REPORT_CATALOG_H

#include "base.h"
#include "err.h"

enum panel_kind {
	PANEL_TILES, /* one row; each column is a figure in large type */
	PANEL_CHART, /* a chart, and the table behind it */
	PANEL_TABLE,
	PANEL_HEAT, /* a table whose cells are shaded by their number */
};

struct panel {
	const char *name; /* of its query (report_query.h); words: panel_NAME, note_NAME */
	enum panel_kind kind;
	const char *chart;   /* line, bar or rows (bars that lie) */
	const char *palette; /* series, status or age */
	int series;	     /* how many columns after the first are drawn; 0: all */
	bool stacked, half;
	bool pivot;		  /* the query answers long: row, column, number (pivot.h) */
	const char *series_words; /* of a pivot: the prefix of our words for its columns; NULL:
				     they are names of others */
	bool terminal;		  /* shown in the table for a terminal, too */
};

/* A topic without panels is a list, and written as data only. */
struct report_catalog {
	const char *name; /* also of the query behind CSV, JSON and the last sheet */
	const struct panel *panels;
	size_t n_panels;
	bool has_days; /* its numbers are of days, and may change afterwards */
};

/* The most topics that there may be. */
#define REPORT_CATALOG_MOST 16

/* All topics; *N of them. */
const struct report_catalog *report_catalog_all(size_t *n) MUST_CHECK;

/* The topic of that name. NULL with ERR_USAGE, and the nearest one's name. */
const struct report_catalog *report_catalog_find(const char *name, struct err *err) MUST_CHECK;

#endif
