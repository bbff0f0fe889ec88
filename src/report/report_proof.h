/* SPDX-License-Identifier: MIT */
/*
 * report_proof.h -- Says how far the figures of a report can be relied on.
 *
 * One sentence for people, in the report's language: the missing proof and its
 * reason, the rows that may be counted meanwhile, and the known exceptions by
 * number.
 */
#ifndef REPORT_PROOF_H
#define REPORT_PROOF_H

#include "buf.h"
#include "report_text.h"
#include "table.h"

/*
 * Adds that sentence for row ROW of the scope; nothing where all is proven. True when it is a
 * warning, and not only a note.
 */
bool report_proof_write(struct buf *out, enum lang lang, const struct table *scope, int row);

/*
 * Adds a sentence that tells which past days have other numbers than before, and by how much;
 * nothing where none has. CHANGES: the answer of the query `changes`.
 */
void report_proof_changes(struct buf *out, enum lang lang, const struct table *changes);

#endif
