/* SPDX-License-Identifier: MIT */
/*
 * question.h -- the engine's questions to the warehouse, as scripts, and their answers.
 *
 * The warehouse runs the scripts, which stand in sql/ask/.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include "action.h"
#include "grid.h"
#include "names.h"
#include "script.h"

struct question {
	int workspace;
	int64_t run, sweep;
	struct ask ask;
	const struct grid *page; /* ids of the page just read */
	const struct names *names;
};

/* Adds the steps of the question. */
void question_write(struct script *script, const struct question *question);

/*
 * Reads the answer to ASK. Returns the ids that came with it in the first
 * column of a grid, the control last (the second column is for what becomes
 * of them); NULL without any.
 */
struct grid *question_read(const struct ask *ask, const struct names *names,
			   const struct grid *grid, struct answer *answer) MUST_CHECK;

#endif
