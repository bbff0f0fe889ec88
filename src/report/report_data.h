/* SPDX-License-Identifier: MIT */
/*
 * report_data.h -- Writes a report as data: CSV, JSON, or a workbook.
 *
 * Rows come some thousand at a time and go on at once, so that a list of a million conversations
 * takes the memory of a few.
 */
#ifndef REPORT_DATA_H
#define REPORT_DATA_H

#include "report_catalog.h"
#include "report_text.h"
#include "spool.h"
#include "table.h"
#include "table_format.h"

/* Where rows come from: queries by name, each for a row of the scope. */
struct report_source {
	/* The whole answer; the caller frees it. */
	bool (*ask)(void *arg, const char *query, int row, struct table **ret, struct err *err);
	/* The same some thousand rows at a time, until a table has none. */
	bool (*begin)(void *arg, const char *query, int row, struct err *err);
	bool (*next)(void *arg, struct table **ret, struct err *err);
	void *arg;
};

/* A report as it was asked for, at the moment of which it tells. */
struct report_data {
	struct report_source source;
	const struct report_catalog *topic;
	enum lang lang;
	const char *only;	   /* the filters in words, or NULL */
	const struct table *scope; /* a row for each workspace: name, period, how complete */
	const struct table *warnings;
};

/* Adds the topic's rows, of all workspaces, to the spool. */
bool report_data_csv(const struct report_data *data, const struct table_format *format,
		     struct spool *to, struct err *err) MUST_CHECK;

/* The same as one array, whose first members are the warnings. */
bool report_data_json(const struct report_data *data, struct spool *to, struct err *err) MUST_CHECK;

/*
 * A workbook: a sheet that says how complete the data is, one for each part of the report and
 * workspace, and at last the topic's rows.
 */
bool report_data_xlsx(const struct report_data *data, struct spool *to, struct err *err) MUST_CHECK;

#endif
