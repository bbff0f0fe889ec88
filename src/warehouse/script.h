/* SPDX-License-Identifier: MIT */
/*
 * script.h -- Builds a script of SQL statements with parameters, step by
 * step.
 *
 * Holds the texts of its parameters until it is reset, which is as long as
 * pg.h wants them.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "base.h"
#include "pg.h"

struct script;

/* An empty script. */
struct script *script_new(void) MUST_CHECK;
void script_free(struct script **script);

/* Forgets all steps. */
void script_reset(struct script *script);

/* Adds a step; parameters follow by the functions below, in order. SQL is a constant. */
void script_add(struct script *script, const char *sql);

/* Adds a COPY with its rows, which must live until the script has ended. */
void script_copy(struct script *script, const char *sql, const struct buf *rows);

/* Parameters of the last step. A NULL text, and TIME_NONE, are NULL. Texts are copied. */
void script_text(struct script *script, const char *text);
void script_int(struct script *script, int64_t n);

/* The N steps after the last one are left out when its answer is false. */
void script_skip(struct script *script, int n);

/*
 * Adds the steps FROM, not including END, of another script, which must keep its texts and
 * rows as long as this one.
 */
void script_steps(struct script *s, const struct script *other, size_t from, size_t end);

/* How many steps it has. */
size_t script_length(const struct script *s) MUST_CHECK;

/* Begins it; pg_finish() ends it. */
void script_start(const struct script *script, struct pg *pg);

/*
 * Runs it to its end. RESULT may be NULL. Where a lock could not be had in time, ERR names the
 * session that has it, and the command that ends it.
 */
bool script_run(const struct script *script, struct pg *pg, struct table **result,
		struct err *err) MUST_CHECK;

#endif
