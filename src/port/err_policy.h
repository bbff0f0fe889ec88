/* SPDX-License-Identifier: MIT */
/*
 * err_policy.h -- Decides by the kind of a failure: exit code, log level,
 * retry, advice.
 *
 * One table. How long to wait between two attempts is decided by the module
 * that makes them (rate_limit for the API). The exit codes are those of
 * sysexits.h where it has one; sahut-etl(8) lists them.
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

/* The ways to do a thing again. */
enum err_attempt {
	ERR_ATTEMPT_READ,	 /* a request that may be served twice */
	ERR_ATTEMPT_WRITE,	 /* one that must not: only when it is certain that it was not */
	ERR_ATTEMPT_TRANSACTION, /* a transaction, of which nothing stayed */
	ERR_ATTEMPT_N
};

/*
 * Whether an attempt that failed for the TRIES-th time with this error is worth another. A request
 * that was refused as wrong stays wrong; a reply that came broken may come whole.
 */
bool err_policy_again(const struct err *err, enum err_attempt attempt, int tries) MUST_CHECK;

/* Whether such a failure passes without a person. */
bool err_policy_passes(enum err_kind kind) MUST_CHECK;

/* The remedy of a failure, one sentence for a person, or "". */
const char *err_policy_advice(const struct err *err) MUST_CHECK;

/* Room for a failure's sentence with its advice. */
struct err_policy_text {
	char s[sizeof(((struct err *)NULL)->text) + 500];
};

/* The message of a failure: its sentence, with the advice behind it. Returns TEXT's. */
const char *err_policy_sentence(const struct err *err, struct err_policy_text *text) MUST_CHECK;

/* The level at which the daemon logs such a failure. */
enum log_level err_policy_level(enum err_kind kind) MUST_CHECK;

/* Of two exit codes, the one that asks more of a person. */
int err_policy_worse(int a, int b) MUST_CHECK;

#endif
