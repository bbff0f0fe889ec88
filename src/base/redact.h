/* SPDX-License-Identifier: MIT */
/*
 * redact.h -- Keeps secrets out of every finished sentence.
 *
 * A far side may repeat a key that it was given, raw or in some encoding, and
 * a library may quote the line that it could not read. Each secret that is
 * read is made known here; err.h and log.h look for it in each sentence before
 * anybody sees that, and so a log, the warehouse and a terminal never do.
 */
#ifndef REDACT_H
#define REDACT_H

#include "base.h"

/* Makes a secret known; one of less than six bytes would be found everywhere, and is left out. */
void redact_learn(const char *secret);

/*
 * Writes stars over each secret in the N bytes at TEXT: as it is, with \u or \x escapes, with
 * percent signs, as an HTML entity, in base64. Nothing else changes, so that JSON stays JSON.
 */
void redact_text(char *text, size_t n);

/* Forgets all of them, and wipes their memory. */
void redact_forget(void);

#endif
