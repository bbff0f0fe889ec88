/* SPDX-License-Identifier: MIT */
/*
 * fault.h -- Spoils answers on purpose.
 *
 * A fault waits for requests to one endpoint, lets some of them pass, and
 * then spoils so many. Several may wait at once; each counts every request
 * it waits for, and of those whose turn it is the oldest strikes.
 */
#ifndef FAULT_H
#define FAULT_H

#include "base.h"
#include "endpoint.h"
#include "err.h"
#include "httpd.h"
#include "json.h"

struct fault;

/* The faults of a workspace, oldest first. All zero: none. */
struct faults {
	struct fault *first;
};

/* Adds the fault that AT describes (see sahut-sandbox(1)). False with ERR_DATA. */
bool fault_add(struct faults *faults, const struct json_at *at, struct err *err) MUST_CHECK;

/* Forgets them all. */
void fault_clear(struct faults *faults);

/*
 * A request to ENDPOINT has come. The fault that strikes it, or NULL; it
 * lives until the next call.
 */
const struct fault *fault_strike(struct faults *faults, enum endpoint endpoint) MUST_CHECK;

/*
 * Lets the fault answer. True when that is the whole answer; false when the
 * request is to be served all the same, and its answer is spoilt.
 */
bool fault_answer(const struct fault *fault, struct httpd_answer *answer) MUST_CHECK;

#endif
