/* SPDX-License-Identifier: MIT */
/*
 * report_table.h -- Writes a panel of a report as a table for a terminal.
 *
 * Numbers are written for people, with their units, and names are cut so that a
 * line fits; CSV has them whole and raw.
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "buf.h"
#include "report_catalog.h"
#include "report_text.h"
#include "table.h"

struct report_table {
	struct buf *out;
	enum lang lang;
	int width;	  /* columns of the terminal */
	const char *only; /* the filters in words, or NULL */
};

/*
 * Adds which days are not up to date, and since when: "utama: Days that ...: 2026-11-25". Nothing
 * where all are. Row ROW of the scope.
 */
void report_table_late(struct buf *out, enum lang lang, const struct table *scope, int row);

/*
 * Adds before which day single agents have no figures: "utama: No numbers ... 2026-03-07". Nothing
 * where they have some of the whole period.
 */
void report_table_agents(struct buf *out, enum lang lang, const struct table *scope, int row);

/* Adds how far the figures can be relied on: "utama: Complete, but for: ..."; nothing where all is
 * proven. */
void report_table_proof(struct buf *out, enum lang lang, const struct table *scope, int row);

/* Adds the report's workspace, its days, and how complete they are: row ROW of the scope. */
void report_table_scope(const struct report_table *to, const struct table *scope, int row);

/* Adds a sentence, broken into lines; nothing for "". */
void report_table_note(const struct report_table *to, const char *text);

/* Adds a panel with its title. */
void report_table_panel(const struct report_table *to, const struct panel *panel,
			const struct table *table);

#endif
