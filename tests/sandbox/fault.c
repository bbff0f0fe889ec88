/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include <string.h>

#include "mem.h"
#include "member.h"
#include "refusal.h"

/* Matches every endpoint. */
#define ANY (-1)

#define LONGEST_DELAY_MS 3600000

enum fault_kind {
	FAULT_STATUS,
	FAULT_HANG_UP,
	FAULT_CUT,
	FAULT_DELAY,
	FAULT_BODY,
	FAULT_REDIRECT,
	FAULT_EMPTY,
	FAULT_DATE,
	N_FAULT_KINDS,
};

static const char *const names[N_FAULT_KINDS] = {
	[FAULT_STATUS] = "status", [FAULT_HANG_UP] = "hang_up", [FAULT_CUT] = "cut",
	[FAULT_DELAY] = "delay",   [FAULT_BODY] = "body",	[FAULT_REDIRECT] = "redirect",
	[FAULT_EMPTY] = "empty",   [FAULT_DATE] = "date",
};

struct fault {
	enum fault_kind kind;
	int endpoint;  /* or ANY */
	int64_t after; /* requests still to pass */
	int64_t left;  /* times still to strike; only read when `limited` */
	bool limited;
	int64_t status, bytes, ms;
	char *retry_after, *body, *content_type, *location, *date, *age;
	struct fault *next;
};

static void free_fault(struct fault **fault)
{
	if (!*fault)
		return;
	mem_free(&(*fault)->retry_after);
	mem_free(&(*fault)->body);
	mem_free(&(*fault)->content_type);
	mem_free(&(*fault)->location);
	mem_free(&(*fault)->date);
	mem_free(&(*fault)->age);
	mem_free(fault);
}

/* ---- reading ----------------------------------------------------------- */

static bool read_text(const struct json_at *at, const char *key, char **ret, struct err *err)
{
	const char *text = NULL;

	if (!member_text(at, key, &text, err))
		return false;
	*ret = text ? mem_text(text, strlen(text)) : NULL;
	return true;
}

static bool read_kind(const struct json_at *at, enum fault_kind *ret, struct err *err)
{
	const char *name = NULL;

	if (!member_text(at, "kind", &name, err))
		return false;
	for (size_t i = 0; name && i < N_FAULT_KINDS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum fault_kind)i;
			return true;
		}
	}
	return err_set(err, ERR_DATA,
		       "kind: one of status, hang_up, cut, delay, body, redirect, empty and date "
		       "is needed");
}

static bool read_match(const struct json_at *at, int *ret, struct err *err)
{
	const char *name = "any";
	enum endpoint endpoint = ENDPOINT_OTHER;

	if (!member_text(at, "match", &name, err))
		return false;
	if (!name || (strcmp(name, "any") != 0 && !endpoint_parse(name, &endpoint)))
		return err_set(
			err, ERR_DATA,
			"match: one of list, count, get, create, update, other and any is needed");
	*ret = strcmp(name, "any") == 0 ? ANY : (int)endpoint;
	return true;
}

/* The members that only some kinds need, and those must have. */
static bool check_needs(const struct fault *fault, struct err *err)
{
	if (fault->kind == FAULT_STATUS && !fault->status)
		return err_set(err, ERR_DATA, "status: the status is missing");
	if (fault->kind == FAULT_CUT && !fault->bytes)
		return err_set(err, ERR_DATA, "cut: \"bytes\" is missing");
	if (fault->kind == FAULT_DELAY && !fault->ms)
		return err_set(err, ERR_DATA, "delay: \"ms\" is missing");
	if (fault->kind == FAULT_BODY && !fault->body)
		return err_set(err, ERR_DATA, "body: the body is missing");
	if (fault->kind == FAULT_REDIRECT && !fault->location)
		return err_set(err, ERR_DATA, "redirect: \"location\" is missing");
	if (fault->kind == FAULT_DATE && !fault->date && !fault->age)
		return err_set(err, ERR_DATA, "date: \"date\" or \"age\" is missing");
	return true;
}

static bool read_fault(const struct json_at *at, struct fault *fault, struct err *err)
{
	static const char *const known[] = {
		"match", "after", "times",	  "kind",     "status", "retry_after", "body",
		"bytes", "ms",	  "content_type", "location", "date",	"age",	       NULL,
	};
	const struct member_range any_number = { 0, INT32_MAX };

	fault->left = 1;
	if (!member_all_known(at, known, err) || !read_kind(at, &fault->kind, err) ||
	    !read_match(at, &fault->endpoint, err) ||
	    !member_int(at, "after", any_number, &fault->after, err) ||
	    !member_int(at, "times", any_number, &fault->left, err) ||
	    !member_int(at, "status", (struct member_range){ 200, 599 }, &fault->status, err) ||
	    !member_int(at, "bytes", (struct member_range){ 1, INT32_MAX }, &fault->bytes, err) ||
	    !member_int(at, "ms", (struct member_range){ 1, LONGEST_DELAY_MS }, &fault->ms, err) ||
	    !read_text(at, "retry_after", &fault->retry_after, err) ||
	    !read_text(at, "body", &fault->body, err) ||
	    !read_text(at, "content_type", &fault->content_type, err) ||
	    !read_text(at, "location", &fault->location, err) ||
	    !read_text(at, "date", &fault->date, err) || !read_text(at, "age", &fault->age, err))
		return false;
	fault->limited = fault->left > 0;
	return check_needs(fault, err);
}

bool fault_add(struct faults *faults, const struct json_at *at, struct err *err)
{
	struct fault *fault = mem_new(sizeof(*fault));
	struct fault **link = &faults->first;

	if (!read_fault(at, fault, err)) {
		free_fault(&fault);
		return false;
	}
	while (*link)
		link = &(*link)->next;
	*link = fault;
	return true;
}

void fault_clear(struct faults *faults)
{
	while (faults->first) {
		struct fault *next = faults->first->next;

		free_fault(&faults->first);
		faults->first = next;
	}
}

/* ---- striking ---------------------------------------------------------- */

/*
 * Those that have struck for the last time stay until here, so that
 * fault_strike() may hand one out.
 */
static void forget_spent(struct faults *faults)
{
	struct fault **link = &faults->first;

	while (*link) {
		struct fault *fault = *link;

		if (fault->limited && fault->left == 0) {
			*link = fault->next;
			free_fault(&fault);
		} else {
			link = &fault->next;
		}
	}
}

const struct fault *fault_strike(struct faults *faults, enum endpoint endpoint)
{
	const struct fault *striking = NULL;

	forget_spent(faults);
	for (struct fault *fault = faults->first; fault; fault = fault->next) {
		if (fault->endpoint != ANY && fault->endpoint != (int)endpoint)
			continue;
		if (fault->after > 0) {
			fault->after--;
		} else if (!striking) {
			fault->left--;
			striking = fault;
		}
	}
	return striking;
}

static void set_status(const struct fault *fault, struct httpd_answer *answer)
{
	if (fault->retry_after)
		httpd_header(answer, "Retry-After", "%s", fault->retry_after);
	if (!fault->body) {
		refusal_set(answer, (int)fault->status, "this failure was asked for");
		return;
	}
	answer->status = (int)fault->status;
	buf_str(&answer->body, fault->body);
}

/* The answer is as it would be, but for the time that it tells. */
static void set_times(const struct fault *fault, struct httpd_answer *answer)
{
	if (fault->date) {
		answer->no_date = true;
		httpd_header(answer, "Date", "%s", fault->date);
	}
	if (fault->age)
		httpd_header(answer, "Age", "%s", fault->age);
}

bool fault_answer(const struct fault *fault, struct httpd_answer *answer)
{
	if (fault->content_type)
		httpd_header(answer, "Content-Type", "%s", fault->content_type);
	switch (fault->kind) {
	case FAULT_STATUS:
		set_status(fault, answer);
		return true;
	case FAULT_HANG_UP:
		answer->hang_up = true;
		return true;
	case FAULT_BODY:
		buf_str(&answer->body, fault->body);
		return true;
	case FAULT_REDIRECT:
		answer->status = fault->status ? (int)fault->status : 302;
		httpd_header(answer, "Location", "%s", fault->location);
		return true;
	case FAULT_EMPTY:
		return true;
	case FAULT_DATE:
		set_times(fault, answer);
		return false;
	case FAULT_CUT:
		answer->cut_after = (size_t)fault->bytes;
		return false;
	default:
		answer->delay += fault->ms * USEC_PER_MSEC;
		return false;
	}
}
