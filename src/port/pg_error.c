/* SPDX-License-Identifier: MIT */
#include "pg_error.h"

#include <stdio.h>
#include <string.h>

/* The first row that is a prefix of the code decides. */
static const struct {
	const char *prefix;
	enum err_kind kind;
} kinds[] = {
	{ "SE001", ERR_BUSY },	      /* our own: the workspace's lock is not ours (any more) */
	{ "25006", ERR_UNAVAILABLE }, /* read_only_sql_transaction: this is a standby */
	{ "28", ERR_DENIED },	      /* invalid authorization */
	{ "42501", ERR_DENIED },      /* insufficient_privilege */
	{ "42", ERR_CONFIG }, /* a table, column or function is not there: the schema is not ours */
	{ "3D", ERR_CONFIG }, /* no such database */
	{ "3F", ERR_CONFIG }, /* no such schema */
	{ "40", ERR_CONFLICT },	   /* serialization failure, deadlock */
	{ "55P03", ERR_BUSY },	   /* lock_not_available */
	{ "55006", ERR_BUSY },	   /* object_in_use */
	{ "55", ERR_CONFIG },	   /* cannot be done as the server is set up */
	{ "0A", ERR_CONFIG },	   /* not supported, by an extension or by its settings */
	{ "57014", ERR_BUSY },	   /* query_canceled: a statement_timeout, or an administrator */
	{ "57", ERR_UNAVAILABLE }, /* shutting down, starting up, killed */
	{ "08", ERR_UNAVAILABLE }, /* connection exception */
	{ "53", ERR_UNAVAILABLE }, /* disk full, out of memory, too many connections */
	{ "58", ERR_UNAVAILABLE }, /* I/O error below PostgreSQL */
	{ "XX", ERR_UNAVAILABLE }, /* an internal error of PostgreSQL's, a corrupt index */
	{ "25", ERR_UNAVAILABLE }, /* invalid transaction state: ended while idle in one */
	{ "F0", ERR_UNAVAILABLE }, /* its configuration file */
	{ "P0", ERR_DATA },	   /* raised by somebody's trigger or function, */
	{ "09", ERR_DATA },	   /* or by an action of a trigger */
	{ "27", ERR_DATA },	      { "44", ERR_DATA },
	{ "2F", ERR_DATA }, /* by a function of somebody's, */
	{ "38", ERR_DATA },	      { "39", ERR_DATA },
	{ "HV", ERR_UNAVAILABLE }, /* or by a foreign server behind one */
	{ "72", ERR_CONFLICT },	   /* snapshot too old */
	{ "0L", ERR_DENIED },	   /* invalid grantor */
	{ "0P", ERR_CONFIG },	   /* no such role */
	{ "2B", ERR_CONFIG },	   /* objects that depend on it */
	{ "22023", ERR_CONFIG },   /* a time zone that the server does not know */
	{ "22", ERR_DATA },	   /* data exception */
	{ "23", ERR_DATA },	   /* integrity constraint violation */
	{ "54", ERR_DATA }, /* a limit of PostgreSQL's: a key that is too long for an index */
};

static bool is_made_up(char c)
{
	return (c >= '5' && c <= '9') || (c >= 'I' && c <= 'Z');
}

enum err_kind pg_error_kind(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(code, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
			return kinds[i].kind;
	/* Such classes the standard leaves to everybody: somebody's trigger raises them. */
	return is_made_up(code[0]) ? ERR_DATA : ERR_BUG;
}

void pg_error_set(struct err *err, enum err_kind kind, const char *message)
{
	char text[sizeof(err->text)], shown[sizeof(err->text)];
	size_t n = strlen(message);

	while (n > 0 && strchr(" \t\r\n", message[n - 1]))
		n--;
	snprintf(text, sizeof(text), "%.*s", (int)n, message);
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	/* A message quotes rows, and rows hold anything. */
	err_set(err, kind, "database: %s",
		n > 0 ? err_quote(shown, sizeof(shown), text, strlen(text))
		      : "failed, and gave no reason");
}

bool pg_error_is_of_server(const char *code)
{
	/* 57014 is the end of a statement alone. */
	static const char *const states[] = { "25006", "57P", "F0000", "08" };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strncmp(code, states[i], strlen(states[i])) == 0)
			return true;
	return false;
}
