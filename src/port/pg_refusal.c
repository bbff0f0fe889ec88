/* SPDX-License-Identifier: MIT */
#include "pg_refusal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"

/* How much of one server's sentence is kept where several have said something. */
#define LONGEST_SAYING 200

static const char without_tls[] =
	"the server takes role %1 with TLS only, or not at all: take sslmode=disable out of "
	"warehouse.conninfo; else add to the server's pg_hba.conf, and reload it: hostssl %2 %1 "
	"ADDRESS/32 scram-sha-256";

/*
 * The refusals, by the server's SQLSTATE and, where that is not enough, the
 * routine that refused and words of its sentence; or by libpq's own words. The
 * first row that fits decides; a server's words may be of another language, so
 * that a row without them follows. In an advice %1 is the role and %2 the
 * database, as SQL and pg_hba.conf have them; $1 and $2 are the same for a shell.
 */
static const struct refusal {
	const char *state, *routine, *words;
	enum err_kind kind;
	const char *code; /* NULL: the SQLSTATE */
	const char *advice;
} refusals[] = {
	{ "28P01", NULL, NULL, ERR_DENIED, NULL,
	  "put the password of role %1 into the file that warehouse.password_file names" },
	{ "28000", "InitializeSessionUserId", "log in", ERR_DENIED, NULL,
	  "let it log in, as an administrator: alter role %1 login" },
	{ "28000", "InitializeSessionUserId", NULL, ERR_DENIED, NULL,
	  "make the role on the server: createuser $1; or, where it is there: alter role %1 "
	  "login" },
	{ "28000", "auth_failed", NULL, ERR_DENIED, NULL,
	  "the server takes role %1 from the system user of that name only (peer in pg_hba.conf): "
	  "run this as that user, as in: sudo -u $1 sahut-etl ..." },
	{ "28000", NULL, "client certificate", ERR_DENIED, NULL,
	  "the server asks for a certificate of ours: add sslcert=FILE sslkey=FILE to "
	  "warehouse.conninfo" },
	{ "28000", "ClientAuthentication", "rejects connection", ERR_DENIED, NULL,
	  "a line with reject comes first in the server's pg_hba.conf; put before it, and reload: "
	  "hostssl %2 %1 ADDRESS/32 scram-sha-256" },
	{ "28000", "ClientAuthentication", "no encryption", ERR_DENIED, NULL, without_tls },
	{ "28000", "ClientAuthentication", "SSL off", ERR_DENIED, NULL, without_tls },
	{ "28000", NULL, NULL, ERR_DENIED, NULL,
	  "add to the server's pg_hba.conf, and reload it: hostssl %2 %1 ADDRESS/32 scram-sha-256 "
	  "(for its socket: local %2 %1 peer)" },
	{ "28", NULL, NULL, ERR_DENIED, NULL, NULL },
	{ "42501", NULL, NULL, ERR_DENIED, NULL,
	  "as the database's owner: grant connect on database %2 to %1" },
	{ "0A000", "InitializeClientEncoding", NULL, ERR_CONFIG, NULL,
	  "not every text can be kept in its encoding; make it anew: createdb -E UTF8 -T template0 "
	  "$2" },
	{ "08P01", NULL, "startup parameter", ERR_CONFIG, NULL,
	  "take the options out of warehouse.conninfo, or let the pooler pass them over "
	  "(pgbouncer: ignore_startup_parameters = options)" },
	{ "3D000", NULL, NULL, ERR_UNAVAILABLE, NULL,
	  "make the database on the server: createdb -E UTF8 -T template0 $2" },
	{ "53300", NULL, NULL, ERR_UNAVAILABLE, NULL,
	  "leave this role at least four connections: max_connections of the server, or "
	  "alter role %1 connection limit -1, alter database %2 connection limit -1" },
	{ "55000", NULL, NULL, ERR_UNAVAILABLE, NULL,
	  "the database takes no connections: alter database %2 allow_connections true" },
	{ "57P03", NULL, NULL, ERR_UNAVAILABLE, NULL, NULL },
	{ "42704", NULL, NULL, ERR_CONFIG, NULL,
	  "correct the options in warehouse.conninfo: the server does not know one of them" },
	{ "22023", NULL, NULL, ERR_CONFIG, NULL,
	  "correct the options in warehouse.conninfo: the server refuses one of them" },
	{ NULL, NULL, "definition of service", ERR_CONFIG, "service",
	  "add the service to pg_service.conf (see PGSERVICEFILE), or name another in "
	  "warehouse.conninfo" },
	{ NULL, NULL, "service file", ERR_CONFIG, "service",
	  "see that the service file is there and can be read (PGSERVICEFILE)" },
	{ NULL, NULL, "no password supplied", ERR_DENIED, "no-password",
	  "put the password of role %1 into a file, and its name into warehouse.password_file" },
	{ NULL, NULL, "session is read-only", ERR_UNAVAILABLE, "read-only",
	  "nothing can be written there: it is a standby, or the role, the database or the "
	  "server is set read-only; sahut-etl check tells which" },
	{ NULL, NULL, "hot standby mode", ERR_UNAVAILABLE, "standby", NULL },
	{ NULL, NULL, "Connection refused", ERR_UNAVAILABLE, "refused",
	  "nothing listens there: see whether PostgreSQL runs (pg_lsclusters), and its port and "
	  "listen_addresses" },
	{ NULL, NULL, "No such file or directory", ERR_UNAVAILABLE, "no-socket",
	  "no PostgreSQL runs with its socket there: see pg_lsclusters, and its port and "
	  "unix_socket_directories" },
	{ NULL, NULL, "Permission denied", ERR_UNAVAILABLE, "no-entry",
	  "this user may not enter the directory of the socket" },
	{ NULL, NULL, "does not support SSL", ERR_UNAVAILABLE, "no-tls",
	  "let the server speak TLS (ssl = on), or, where the way to it is safe, add "
	  "sslmode=disable to warehouse.conninfo" },
	{ NULL, NULL, "certificate", ERR_UNAVAILABLE, "certificate",
	  "give the authority of the server's certificate with sslrootcert=FILE in "
	  "warehouse.conninfo, and the host as the certificate has it" },
};

/* The SQLSTATE that stands in MESSAGE as "FATAL:  28P01: ", and the sentence behind it. */
static const char *find_state(const char *message, char state[6])
{
	const char *sentence = NULL;

	for (const char *p = strstr(message, ":  "); p; p = strstr(p + 1, ":  ")) {
		size_t n = 0;

		while (n < 5 &&
		       (isupper((unsigned char)p[3 + n]) || isdigit((unsigned char)p[3 + n])))
			n++;
		if (n < 5 || strncmp(p + 8, ": ", 2) != 0)
			continue;
		memcpy(state, p + 3, 5);
		state[5] = '\0';
		sentence = p + 10;
	}
	return sentence;
}

/* Whether the server's routine that refused is NAME. */
static bool is_from(const char *message, const char *name)
{
	/* The word before it is the server's, and in its language. */
	size_t n = strlen(name);

	for (const char *p = strstr(message, name); p; p = strstr(p + 1, name))
		if (p > message && p[-1] == ' ' && strncmp(p + n, ", ", 2) == 0)
			return true;
	return false;
}

static bool fits(const struct refusal *refusal, const char *state, const char *message)
{
	if (refusal->words && !strstr(message, refusal->words))
		return false;
	if (!refusal->state)
		return !*state;
	return *state && strncmp(state, refusal->state, strlen(refusal->state)) == 0 &&
	       (!refusal->routine || is_from(message, refusal->routine));
}

static const struct quoting {
	char mark;
	const char *mark_inside;
	const char *plain; /* a name of these alone needs no marks */
} of_sql = { '"', "\"\"", "abcdefghijklmnopqrstuvwxyz0123456789_" },
  of_shell = { '\'', "'\\''", "abcdefghijklmnopqrstuvwxyz0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ.-" };

/* Words of SQL that people take for names. */
static bool is_reserved(const char *name)
{
	static const char *const words[] = { "all",	"default", "group", "order",
					     "primary", "table",   "user" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	return false;
}

static void add_name(struct buf *out, const char *name, const struct quoting *quoting)
{
	if (*name && !isdigit((unsigned char)*name) && !name[strspn(name, quoting->plain)] &&
	    (quoting == &of_shell || !is_reserved(name))) {
		buf_str(out, name);
		return;
	}
	buf_char(out, quoting->mark);
	for (const char *p = name; *p; p++)
		if (*p == quoting->mark)
			buf_str(out, quoting->mark_inside);
		else
			buf_char(out, *p);
	buf_char(out, quoting->mark);
}

static void advise(struct err *err, const char *advice, const struct pg_refusal_who *who)
{
	const char *role = who->user ? who->user : "ROLE";
	const char *database = who->dbname ? who->dbname : role;
	CLEANUP(buf_free) struct buf out = BUF_MAX(4 * sizeof(err->advice));

	for (const char *p = advice; p && *p; p++) {
		const char *name = p[1] == '1' ? role : p[1] == '2' ? database : NULL;

		if (!name || (*p != '%' && *p != '$')) {
			buf_char(&out, *p);
			continue;
		}
		add_name(&out, name, *p == '%' ? &of_sql : &of_shell);
		p++;
	}
	err_quote(err->advice, sizeof(err->advice), buf_text(&out), out.len);
}

/* The first line of libpq's message, without the place, which the caller names. */
static void set_sentence(struct err *err, enum err_kind kind, const char *sentence)
{
	char shown[sizeof(err->text)];
	const char *failed = strstr(sentence, " failed: ");
	size_t n;

	if (strncmp(sentence, "connection to server", 20) == 0 && failed)
		sentence = failed + strlen(" failed: ");
	n = strcspn(sentence, "\r\n");
	err_set(err, kind, "%s",
		n > 0 ? err_quote(shown, sizeof(shown), sentence, n)
		      : "failed, and gave no reason");
}

void pg_refusal_read(struct err *err, const char *message, const struct pg_refusal_who *who)
{
	char state[6] = "";
	const char *sentence = find_state(message, state);

	set_sentence(err, ERR_UNAVAILABLE, sentence ? sentence : message);
	snprintf(err->code, sizeof(err->code), "%s", state);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (!fits(&refusals[i], state, message))
			continue;
		err->kind = refusals[i].kind;
		if (refusals[i].code)
			snprintf(err->code, sizeof(err->code), "%s", refusals[i].code);
		advise(err, refusals[i].advice, who);
		return;
	}
}

void pg_refusal_silent(struct err *err, int64_t patience)
{
	err_set(err, ERR_UNAVAILABLE, "does not answer within %d s",
		(int)(patience / USEC_PER_SEC));
	snprintf(err->code, sizeof(err->code), PG_REFUSAL_SILENT);
	snprintf(err->advice, sizeof(err->advice),
		 "see whether the server runs, and whether a firewall stands between");
}

/* A refusal that waits for a person comes before one that may heal. */
static int rank(enum err_kind kind)
{
	return kind == ERR_STOPPED ? 3 : kind == ERR_DENIED ? 2 : kind == ERR_CONFIG ? 1 : 0;
}

void pg_refusal_add(struct err *all, const char *server, const struct err *one, int n)
{
	struct err sum = all->kind == ERR_NONE || rank(one->kind) > rank(all->kind) ? *one : *all;
	char so_far[sizeof(all->text)];
	const char *head = "database: no server can be used: ";

	if (n == 1) {
		snprintf(sum.text, sizeof(sum.text), "database: %s: %.*s", server,
			 (int)sizeof(sum.text) / 2, one->text);
	} else {
		snprintf(so_far, sizeof(so_far), "%s",
			 all->text + (n == 2 ? strlen("database: ") : strlen(head)));
		snprintf(sum.text, sizeof(sum.text), "%s%.*s; %s: %.*s", head,
			 (int)sizeof(sum.text) / 2, so_far, server, LONGEST_SAYING, one->text);
	}
	*all = sum;
}
