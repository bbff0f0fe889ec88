/* SPDX-License-Identifier: MIT */
/*
 * refusal.h -- failure as the reference has it: {"error":{"code","message","status"}}.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "base.h"
#include "httpd.h"

/*
 * Makes the answer a refusal: the status, the code that belongs to it, and a
 * finished sentence. Returns false, so that a reader of input can `return refusal_set(...)`.
 */
bool refusal_set(struct httpd_answer *answer, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
