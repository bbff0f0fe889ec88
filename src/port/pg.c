/* SPDX-License-Identifier: MIT */
#include "pg.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "conninfo.h"
#include "mem.h"
#include "pg_error.h"
#include "pg_refusal.h"

/* Of a date, likewise. */
#define DAY_TYPE 1082

/*
 * Whether values of the type numbered OID are numbers. The numbers are those of pg_type.dat, the
 * same in every server.
 */
static bool is_number(unsigned oid)
{
	/* int8, int2, int4, float4, float8, numeric */
	static const unsigned numbers[] = { 20, 21, 23, 700, 701, 1700 };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (oid == numbers[i])
			return true;
	return false;
}

/*
 * The bytes that COPY hands to libpq at a time; more would only be copied into its buffer and stay
 * there.
 */
#define COPY_CHUNK 32768

/* For a server that has spoken before. */
#define PINNED_PATIENCE (5 * USEC_PER_SEC)

struct pg {
	struct event_loop *loop;
	struct event_loop_source *source, *timer;
	PGconn *conn;
	int64_t patience; /* with a script */
	const struct server *place;
	bool (*tell)(void *arg, int backend); /* when a script is slow */
	void *arg;
	int64_t deadline; /* of the script */
	bool slow;	  /* it is, and nobody has been told */
	bool lost, notified;
	bool useless; /* the server said that it cannot be written to, or is not well */

	/* The script, while one runs: busy from pg_start() to the last step's end. */
	bool busy, failed;
	const struct pg_step *steps;
	size_t n, next; /* the step after the one that runs */
	size_t copied;	/* bytes of the running COPY that libpq has taken */
	bool copying, rolling_back;
	PGresult *kept; /* the last result with rows */
	struct err err; /* the first error */
};

/* ---- errors ---------------------------------------------------------- */

/* The SQLSTATE goes before the sentence, and the name of the statement, if it has one. */
static void wrap_error(struct err *err, const char *state, const char *sql)
{
	const char *end = strstr(sql, " */");

	if (strncmp(sql, "/* ", 3) == 0 && end)
		err_wrap(err, "SQLSTATE %s in %.*s", state, (int)(end - sql - 3), sql + 3);
	else
		err_wrap(err, "SQLSTATE %s", state);
}

static void keep_error(struct pg *pg, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
	const char *context = PQresultErrorField(res, PG_DIAG_CONTEXT);
	char text[800];

	if (pg->failed || pg->rolling_back)
		return;
	pg->failed = true;
	if (!state) {
		pg_error_set(&pg->err, ERR_UNAVAILABLE, PQresultErrorMessage(res));
		return;
	}
	/* The context names the COPY's line; a function's body, which may be long, is cut. */
	snprintf(text, sizeof(text), "%s%s%.300s%s%.200s", message ? message : "failed",
		 detail ? "; " : "", detail ? detail : "", context ? "; " : "",
		 context ? context : "");
	pg_error_set(&pg->err, pg_error_kind(state), text);
	snprintf(pg->err.code, sizeof(pg->err.code), "%s", state);
	wrap_error(&pg->err, state, pg->next > 0 ? pg->steps[pg->next - 1].sql : "");
	pg->useless |= pg_error_is_of_server(state);
}

/* A failure of the connection: if a COMMIT was on its way, nobody here knows its outcome. */
static enum err_kind kind_of_loss(const struct pg *pg)
{
	bool committing =
		pg->busy && pg->next > 0 && strncmp(pg->steps[pg->next - 1].sql, "commit", 6) == 0;

	return committing ? ERR_UNCERTAIN : ERR_UNAVAILABLE;
}

/* The connection broke. */
static void mark_lost(struct pg *pg)
{
	if (!pg->failed) {
		pg->failed = true;
		pg_error_set(&pg->err, kind_of_loss(pg), PQerrorMessage(pg->conn));
	}
	pg->lost = true;
	pg->busy = false;
	event_loop_forget(&pg->source);
}

/*
 * The script takes longer than any caller should wait. It is not cancelled: a
 * server that is stuck would not answer that, either.
 */
static void on_deadline(void *arg)
{
	struct pg *pg = arg;

	if (!pg->busy)
		return;
	if (event_loop_now() < pg->deadline) {
		pg->slow = true;
		event_loop_timer_set(pg->timer, pg->deadline);
		return;
	}
	if (!pg->failed)
		err_set(&pg->err, kind_of_loss(pg), "database: no answer within %d seconds",
			(int)(pg->patience / USEC_PER_SEC));
	pg->failed = true;
	mark_lost(pg);
}

/* ---- a script in motion ---------------------------------------------- */

static void watch(struct pg *pg, int unsent)
{
	event_loop_watch_for(pg->source, EVENT_LOOP_IN | (unsent > 0 ? EVENT_LOOP_OUT : 0));
}

/* Sends the bytes that libpq holds back. False when the connection is gone. */
static bool flush(struct pg *pg)
{
	int unsent = PQflush(pg->conn);

	if (unsent < 0) {
		mark_lost(pg);
		return false;
	}
	watch(pg, unsent);
	return true;
}

static bool send_step(struct pg *pg, const struct pg_step *step)
{
	int sent = step->n > 0 ? PQsendQueryParams(pg->conn, step->sql, step->n, NULL, step->params,
						   NULL, NULL, 0)
			       : PQsendQuery(pg->conn, step->sql);

	pg->copying = false;
	pg->copied = 0;
	if (!sent) {
		mark_lost(pg);
		return false;
	}
	return flush(pg);
}

/* Whether the step that ran answered false: then those that depend on it are left out. */
static bool was_refused(const struct pg *pg)
{
	return pg->next > 0 && pg->steps[pg->next - 1].skip > 0 && pg->kept &&
	       PQntuples(pg->kept) == 1 && strcmp(PQgetvalue(pg->kept, 0, 0), "f") == 0;
}

/*
 * The step that ran is over: the next one, a rollback, or the end. False when
 * nothing is left to wait for.
 */
static bool advance(struct pg *pg)
{
	static const struct pg_step rollback = { .sql = "rollback" };
	PGTransactionStatusType status = PQtransactionStatus(pg->conn);

	if (pg->failed && !pg->rolling_back &&
	    (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)) {
		pg->rolling_back = true;
		return send_step(pg, &rollback);
	}
	if (!pg->failed && was_refused(pg))
		pg->next += (size_t)pg->steps[pg->next - 1].skip;
	if (pg->failed || pg->next == pg->n) {
		pg->busy = false;
		return false;
	}
	return send_step(pg, &pg->steps[pg->next++]);
}

/*
 * Hands rows to COPY until the socket is full (true) or all are on their way.
 * False when the connection is gone.
 */
static bool feed_copy(struct pg *pg)
{
	const struct buf *rows = pg->steps[pg->next - 1].rows;

	while (rows && pg->copied < rows->len) {
		size_t left = rows->len - pg->copied;
		size_t chunk = left < COPY_CHUNK ? left : COPY_CHUNK;
		int unsent;

		if (PQputCopyData(pg->conn, rows->data + pg->copied, (int)chunk) < 0) {
			mark_lost(pg);
			return false;
		}
		pg->copied += chunk;
		unsent = PQflush(pg->conn);
		if (unsent > 0) {
			watch(pg, unsent);
			return true;
		}
	}
	pg->copying = false;
	if (PQputCopyEnd(pg->conn, NULL) < 0) {
		mark_lost(pg);
		return false;
	}
	return flush(pg);
}

/* One result of the running step, or NULL at its end. False when the script needs nothing more. */
static bool take_result(struct pg *pg, PGresult *res)
{
	switch (res ? PQresultStatus(res) : PGRES_EMPTY_QUERY) {
	case PGRES_TUPLES_OK:
		PQclear(pg->kept);
		pg->kept = res;
		return true;
	case PGRES_COPY_IN:
		PQclear(res);
		pg->copying = true;
		return feed_copy(pg);
	case PGRES_FATAL_ERROR:
	case PGRES_BAD_RESPONSE:
		keep_error(pg, res);
		PQclear(res);
		return true;
	default:
		PQclear(res);
		return res || advance(pg);
	}
}

static void take_notifies(struct pg *pg)
{
	PGnotify *notify;

	while ((notify = PQnotifies(pg->conn))) {
		pg->notified = true;
		PQfreemem(notify);
	}
}

static void on_socket(void *arg, unsigned events)
{
	struct pg *pg = arg;

	if (events & EVENT_LOOP_IN && !PQconsumeInput(pg->conn)) {
		/* The server's last words, if it had any, are a result; they carry the SQLSTATE. */
		while (pg->busy && !PQisBusy(pg->conn)) {
			PGresult *res = PQgetResult(pg->conn);

			if (!res)
				break;
			keep_error(pg, res);
			PQclear(res);
		}
		mark_lost(pg);
		return;
	}
	take_notifies(pg);
	if (!pg->busy)
		return;
	if (events & EVENT_LOOP_OUT && !(pg->copying ? feed_copy(pg) : flush(pg)))
		return;
	while (pg->busy && !pg->copying && !PQisBusy(pg->conn))
		if (!take_result(pg, PQgetResult(pg->conn)))
			return;
}

void pg_start(struct pg *pg, const struct pg_step *steps, size_t n)
{
	pg->steps = steps;
	pg->n = n;
	pg->next = 0;
	pg->failed = pg->rolling_back = pg->copying = false;
	pg->kept = NULL;
	pg->err = (struct err)ERR_INIT;
	pg->slow = false;
	pg->deadline = event_loop_now() + pg->patience;
	event_loop_timer_set(pg->timer, min_i64(pg->deadline, event_loop_now() + PG_SLOW));
	pg->busy = true;
	/* Another connection has found out that the server is frozen. */
	pg->lost = pg->lost || (pg->place && pg->place->avoid);
	if (pg->lost) {
		pg->failed = true;
		pg->busy = false;
		err_set(&pg->err, ERR_UNAVAILABLE, "database: the connection is gone");
		return;
	}
	advance(pg);
}

bool pg_busy(const struct pg *pg)
{
	return pg->busy;
}

static struct table *to_table(const PGresult *res)
{
	int columns = PQnfields(res), rows = PQntuples(res);
	struct table *table = table_new(columns);

	for (int i = 0; i < columns; i++) {
		table_name(table, i, PQfname(res, i), is_number(PQftype(res, i)));
		if (PQftype(res, i) == DAY_TYPE)
			table_set_days(table, i);
	}
	for (int row = 0; row < rows; row++) {
		table_add(table);
		for (int i = 0; i < columns; i++)
			if (!PQgetisnull(res, row, i))
				table_set(table, row, i, PQgetvalue(res, row, i),
					  (size_t)PQgetlength(res, row, i));
	}
	return table;
}

bool pg_finish(struct pg *pg, struct table **result, struct err *err)
{
	PGresult *kept = pg->kept;

	pg->kept = NULL;
	if (pg->failed) {
		PQclear(kept);
		*err = pg->err;
		return false;
	}
	if (result)
		*result = kept ? to_table(kept) : NULL;
	PQclear(kept);
	return true;
}

void pg_warn_slow(struct pg *pg)
{
	if (!pg->busy || !pg->slow)
		return;
	pg->slow = false;
	if (!pg->tell || !pg->tell(pg->arg, pg_backend(pg)) || !pg->busy)
		return;
	if (!pg->failed)
		err_set(&pg->err, kind_of_loss(pg),
			"database: the server has stopped, and answers nobody");
	pg->failed = true;
	mark_lost(pg);
}

bool pg_run(struct pg *pg, const struct pg_step *steps, size_t n, struct table **result,
	    struct err *err)
{
	pg_start(pg, steps, n);
	while (pg->busy) {
		pg_warn_slow(pg);
		if (!pg->busy)
			break;
		if (event_loop_turn(pg->loop, TIME_NEVER) != EVENT_LOOP_STOP)
			continue;
		mark_lost(pg);
		return err_set(err, ERR_STOPPED, "told to stop while waiting for the database");
	}
	return pg_finish(pg, result, err);
}

bool pg_exec(struct pg *pg, const char *sql, struct err *err)
{
	struct pg_step step = { .sql = sql };

	return pg_run(pg, &step, 1, NULL, err);
}

bool pg_lost(const struct pg *pg)
{
	return pg->lost || (pg->useless && !pg->busy);
}

int pg_backend(const struct pg *pg)
{
	return PQbackendPID(pg->conn);
}

int pg_server_version(const struct pg *pg)
{
	return PQserverVersion(pg->conn);
}

bool pg_take_notify(struct pg *pg)
{
	bool came = pg->notified;

	pg->notified = false;
	return came;
}

/* ---- connecting ------------------------------------------------------ */

bool pg_conninfo_check(const char *conninfo, bool *has_password, struct err *err)
{
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &why);

	if (!options) {
		pg_error_set(err, ERR_CONFIG, why ? why : "out of memory");
		PQfreemem(why);
		return false;
	}
	*has_password = false;
	for (PQconninfoOption *o = options; o->keyword; o++)
		*has_password |= o->val && (strcmp(o->keyword, "password") == 0 ||
					    strcmp(o->keyword, "sslpassword") == 0);
	PQconninfoFree(options);
	return true;
}

/* A connection in the making. */
struct dial {
	struct conninfo info;
	PQconninfoOption *given, *effective; /* the texts of INFO */
	struct pg_refusal_who who;
	const char *attributes;
	int64_t patience; /* with each address */
	bool pinned;	  /* to the first of them */
};

/*
 * All that libpq would use: a service file, the environment and defaults
 * included. It tells that of a connection only; one that cannot begin will do.
 */
static PQconninfoOption *effective(const struct conninfo *info)
{
	struct conninfo probe = *info;
	PQconninfoOption *options;
	PGconn *conn;

	conninfo_set(&probe, "sslmode", "none of them");
	conn = PQconnectStartParams(probe.key, probe.value, 0);
	if (!conn)
		mem_out("PQconnectStartParams");
	options = PQconninfo(conn);
	PQfinish(conn);
	if (!options)
		mem_out("PQconninfo");
	return options;
}

/*
 * Whether somebody said it, in a service file or in the environment. Passwords are left to libpq.
 */
static bool is_given(const struct conninfo *info, const PQconninfoOption *option)
{
	return option->val && !conninfo_get(info, option->keyword) &&
	       strcmp(option->keyword, "sslmode") != 0 && option->dispchar[0] != '*' &&
	       (!option->compiled || strcmp(option->val, option->compiled) != 0);
}

static void dial_read(struct dial *dial, const struct pg_conf *conf)
{
	dial->given = PQconninfoParse(conf->conninfo, NULL);
	if (!dial->given)
		mem_out("PQconninfoParse");
	for (PQconninfoOption *o = dial->given; o->keyword; o++)
		if (o->val)
			conninfo_add(&dial->info, o->keyword, o->val);
	dial->effective = effective(&dial->info);
	for (PQconninfoOption *o = dial->effective; o->keyword; o++)
		if (is_given(&dial->info, o))
			conninfo_add(&dial->info, o->keyword, o->val);
	conninfo_complete(&dial->info);
	if (conf->password)
		conninfo_set(&dial->info, "password", conf->password);
	conninfo_set(&dial->info, "fallback_application_name", conf->application);
	dial->who.user = conninfo_get(&dial->info, "user");
	dial->who.dbname = conninfo_get(&dial->info, "dbname");
	dial->attributes =
		conf->readable ? "any" : conninfo_get(&dial->info, "target_session_attrs");
	dial->patience = conninfo_connect_timeout(&dial->info);
	dial->pinned = conf->pinned;
	if (dial->pinned)
		dial->patience = min_i64(dial->patience, PINNED_PATIENCE);
}

static void dial_free(struct dial *dial)
{
	PQconninfoFree(dial->given);
	PQconninfoFree(dial->effective);
}

static void on_connecting(void *arg, unsigned events)
{
	bool *ready = arg;

	(void)events;
	*ready = true;
}

/*
 * Waits until the connection attempt can go on. libpq may have moved to
 * another socket, so each step watches anew.
 */
static enum event_loop_why wait_connecting(struct pg *pg, PostgresPollingStatusType poll,
					   int64_t deadline)
{
	bool ready = false;
	unsigned events = poll == PGRES_POLLING_WRITING ? EVENT_LOOP_OUT : EVENT_LOOP_IN;
	struct event_loop_source *source =
		event_loop_watch(pg->loop, PQsocket(pg->conn), events, on_connecting, &ready);
	enum event_loop_why why = EVENT_LOOP_READY;

	while (!ready && why == EVENT_LOOP_READY)
		why = event_loop_turn(pg->loop, deadline);
	event_loop_forget(&source);
	return why;
}

/* Waits for the first of: the connection, its refusal, the end of patience. */
static bool connect_steps(struct pg *pg, const struct dial *dial, struct err *err)
{
	PostgresPollingStatusType poll = PGRES_POLLING_WRITING;
	int64_t deadline = event_loop_now() + dial->patience;

	if (PQstatus(pg->conn) == CONNECTION_BAD)
		poll = PGRES_POLLING_FAILED;
	while (poll == PGRES_POLLING_READING || poll == PGRES_POLLING_WRITING) {
		enum event_loop_why why = wait_connecting(pg, poll, deadline);

		if (why == EVENT_LOOP_STOP)
			return err_set(err, ERR_STOPPED, "told to stop");
		if (why == EVENT_LOOP_TIMEOUT) {
			pg_refusal_silent(err, dial->patience);
			return false;
		}
		poll = PQconnectPoll(pg->conn);
	}
	if (poll == PGRES_POLLING_OK)
		return true;
	pg_refusal_read(err, PQerrorMessage(pg->conn), &dial->who);
	return false;
}

static void no_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static void begin_session(struct pg *pg)
{
	PQsetErrorVerbosity(pg->conn, PQERRORS_DEFAULT);
	PQsetnonblocking(pg->conn, 1);
	pg->source = event_loop_watch(pg->loop, PQsocket(pg->conn), EVENT_LOOP_IN, on_socket, pg);
	pg->timer = event_loop_timer(pg->loop, on_deadline, pg);
}

/* Tries one address; without one, libpq chooses by the conninfo. */
static bool try_one(struct pg *pg, const struct dial *dial, const struct server *server,
		    struct err *err)
{
	struct conninfo info = dial->info;

	if (server && server->host[0])
		conninfo_set(&info, "host", server->host);
	if (server && (server->address[0] || conninfo_get(&info, "hostaddr")))
		conninfo_set(&info, "hostaddr", server->address);
	if (server)
		conninfo_set(&info, "port", server->port);
	conninfo_set(&info, "target_session_attrs", dial->attributes);
	pg->conn = PQconnectStartParams(info.key, info.value, 0);
	if (!pg->conn)
		mem_out("PQconnectStartParams");
	PQsetNoticeProcessor(pg->conn, no_notice, NULL);
	PQsetErrorVerbosity(pg->conn, PQERRORS_VERBOSE);
	if (!connect_steps(pg, dial, err)) {
		PQfinish(pg->conn);
		pg->conn = NULL;
		return false;
	}
	begin_session(pg);
	return true;
}

/* Tries one after another. False with the refusals of all of them. */
static bool try_all(struct pg *pg, const struct dial *dial, struct server *place, struct err *err)
{
	CLEANUP(servers_free)
	struct servers *servers = servers_new(conninfo_get(&dial->info, "host"),
					      conninfo_get(&dial->info, "hostaddr"),
					      conninfo_get(&dial->info, "port"), place);
	enum servers_next next = SERVERS_ONE;
	struct server server = { .host = "" };
	char name[400];

	*err = (struct err)ERR_INIT;
	for (int n = 1; err->kind != ERR_STOPPED; n++) {
		struct err one = ERR_INIT;

		if (servers)
			next = servers_next(servers, &server, &one);
		if (next == SERVERS_END)
			return false;
		/* A look-up is waited for inside of the resolver, and nothing else served. */
		if (event_loop_turn(pg->loop, 0) == EVENT_LOOP_STOP)
			return err_set(err, ERR_STOPPED,
				       "told to stop while connecting to the database");
		if (next == SERVERS_ONE && try_one(pg, dial, servers ? &server : NULL, &one)) {
			if (place)
				*place = server;
			return true;
		}
		pg_refusal_add(err, servers_name(&server, name, sizeof(name)), &one, n);
		if (!servers || dial->pinned)
			return false;
	}
	return err_set(err, ERR_STOPPED, "told to stop while connecting to the database");
}

struct pg *pg_open(struct event_loop *loop, const struct pg_conf *conf, struct err *err)
{
	struct dial dial = { .patience = 0 };
	struct pg *pg;
	bool has_password, ok;

	if (!pg_conninfo_check(conf->conninfo, &has_password, err))
		return NULL;
	pg = mem_new(sizeof(*pg));
	pg->loop = loop;
	pg->patience = conf->deadline;
	pg->tell = conf->slow;
	pg->place = conf->place;
	pg->arg = conf->arg;
	dial_read(&dial, conf);
	ok = false;
	if (strcmp(dial.attributes, "prefer-standby") == 0) {
		/* Of a list, the first standby; where there is none, the first of all. */
		dial.attributes = "standby";
		ok = try_all(pg, &dial, conf->place, err);
		dial.attributes = "any";
	}
	if (!ok && err->kind != ERR_STOPPED)
		ok = try_all(pg, &dial, conf->place, err);
	dial_free(&dial);
	if (!ok)
		pg_close(&pg);
	return pg;
}

void pg_close(struct pg **pg)
{
	if (!*pg)
		return;
	event_loop_forget(&(*pg)->source);
	event_loop_forget(&(*pg)->timer);
	PQclear((*pg)->kept);
	PQfinish((*pg)->conn);
	mem_free(pg);
}

int pg_library_version(void)
{
	return PQlibVersion();
}
