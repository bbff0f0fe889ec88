/* SPDX-License-Identifier: MIT */
#include "err_policy.h"

#include <stdio.h>
#include <string.h>

static const struct {
	int exit;
	enum log_level level;
	int most_tries[ERR_ATTEMPT_N]; /* attempts in all; 0 is 1 */
} policies[] = {
	[ERR_NONE] = { EXIT_OK, LEVEL_INFO, { 0 } },
	[ERR_STOPPED] = { EXIT_LATER, LEVEL_NOTICE, { 0 } },
	[ERR_USAGE] = { EXIT_USAGE, LEVEL_ERROR, { 0 } },
	[ERR_CONFIG] = { EXIT_CONFIG, LEVEL_ERROR, { 0 } },
	[ERR_DENIED] = { EXIT_DENIED, LEVEL_ERROR, { 0 } },
	[ERR_DATA] = { EXIT_DATA, LEVEL_ERROR, { 3, 0, 0 } },
	[ERR_MISSING] = { EXIT_DATA, LEVEL_ERROR, { 0 } },
	[ERR_UNAVAILABLE] = { EXIT_UNAVAILABLE, LEVEL_WARNING, { 5, 0, 0 } },
	[ERR_SLOW_DOWN] = { EXIT_LATER, LEVEL_WARNING, { 20, 20, 0 } },
	[ERR_BUSY] = { EXIT_LATER, LEVEL_NOTICE, { 0 } },
	[ERR_CONFLICT] = { EXIT_LATER, LEVEL_WARNING, { 0, 0, 5 } },
	[ERR_UNCERTAIN] = { EXIT_UNAVAILABLE, LEVEL_WARNING, { 0 } },
	[ERR_SYSTEM] = { EXIT_SYSTEM, LEVEL_ERROR, { 0 } },
	[ERR_BUG] = { EXIT_BUG, LEVEL_ERROR, { 0 } },
};

int err_policy_exit(enum err_kind kind)
{
	return policies[kind].exit;
}

bool err_policy_again(const struct err *err, enum err_attempt attempt, int tries)
{
	bool is_wrong = err->kind == ERR_DATA && err->http_status != 0;

	return !is_wrong && tries < policies[err->kind].most_tries[attempt];
}

bool err_policy_passes(enum err_kind kind)
{
	return kind != ERR_NONE && policies[kind].level > LEVEL_ERROR;
}

const char *err_policy_advice(const struct err *err)
{
	static const struct {
		const char *code, *advice;
	} advices[] = {
		{ "42501",
		  "sahut-etl check names the right that is missing; when it finds nothing, "
		  "somebody's trigger, policy or event trigger refuses it" },
		{ "42P01", "a table was dropped or renamed by hand: put it back" },
		{ "42703", "a column was dropped or renamed by hand: put it back" },
		{ "42883", "a function was dropped or renamed by hand: put it back" },
		{ "22023",
		  "if it is a time zone: choose another name in timezone, or install tzdata-legacy "
		  "where PostgreSQL runs" },
		{ "53100", "the database server's disk is full" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(advices) && !err->advice[0]; i++)
		if (strcmp(err->code, advices[i].code) == 0)
			return advices[i].advice;
	return err->advice;
}

const char *err_policy_sentence(const struct err *err, struct err_policy_text *text)
{
	const char *advice = err_policy_advice(err);

	snprintf(text->s, sizeof(text->s), "%s%s%s", err->text, *advice ? "; " : "", advice);
	return text->s;
}

enum log_level err_policy_level(enum err_kind kind)
{
	return policies[kind].level;
}

int err_policy_worse(int a, int b)
{
	/*
	 * From the best to the worst: failures that heal by themselves, that need a look, that need
	 * a person.
	 */
	static const int ranks[] = {
		EXIT_OK,     EXIT_LATER, EXIT_DIFFERENT, EXIT_DATA,   EXIT_UNAVAILABLE,
		EXIT_DENIED, EXIT_USAGE, EXIT_CONFIG,	 EXIT_SYSTEM, EXIT_BUG,
	};

	for (size_t i = ARRAY_SIZE(ranks); i-- > 0;)
		if (a == ranks[i] || b == ranks[i])
			return ranks[i];
	return a;
}
