/* SPDX-License-Identifier: MIT */
/*
 * err_policy.h -- Decides by the kind of a failure: exit code, log level,
 * advice.
 *
 * One table: exit code, and how loudly it is said. How often a request is
 * tried again is rate_limit's to say, by the kind as well. The exit codes
 * are those of sysexits.h where it has one; sahut-etl(8) lists them.
 */
#ifndef ERR_POLICY_H
#define ERR_POLICY_H

#include "base.h"
#include "err.h"
#include "log.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_DIFFERENT = 1, /* differences remain */
	EXIT_USAGE = 64,
	EXIT_DATA = 65,
	EXIT_UNAVAILABLE = 69,
	EXIT_BUG = 70,
	EXIT_SYSTEM = 71,
	EXIT_LATER = 75,
	EXIT_DENIED = 77,
	EXIT_CONFIG = 78,
};

/* The exit code of a failure. */
int err_policy_exit(enum err_kind kind) MUST_CHECK;

/* The remedy of a failure, one sentence for a person, or "". */
const char *err_policy_advice(const struct err *err) MUST_CHECK;

/* Room for a failure's sentence with its advice. */
struct err_policy_text {
	char s[sizeof(((struct err *)NULL)->text) + 500];
};

/* The message of a failure: its sentence, with the advice behind it. Returns TEXT's. */
const char *err_policy_sentence(const struct err *err, struct err_policy_text *text) MUST_CHECK;

/* How loudly the daemon says it. */
enum log_level err_policy_level(enum err_kind kind) MUST_CHECK;

/* Of two exit codes, the one that asks more of a person. */
int err_policy_worse(int a, int b) MUST_CHECK;

#endif
