/* SPDX-License-Identifier: MIT */
/*
 * sqlstate.h -- what kind of failure a SQLSTATE is.
 *
 * From PostgreSQL's appendix A, "Error Codes". Message texts are never
 * looked at: the server may speak any language.
 */
#ifndef SQLSTATE_H
#define SQLSTATE_H

#include "base.h"
#include "err.h"

/*
 * The kind of the failure CODE, five characters; the class (the first two)
 * where the code itself is not listed.
 */
enum err_kind sqlstate_kind(const char *code) MUST_CHECK;

#endif
