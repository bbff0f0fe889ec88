/* SPDX-License-Identifier: MIT */
/*
 * fuse.c -- sahut-etl that fails at its n-th operation, for tests alone.
 *
 * Linked into the check program sahut-etl-fused by the linker's --wrap: each
 * call of src/port into libpq and libcurl that can fail comes by here and is
 * counted. The program that is installed has none of this in it, not even a
 * call that does nothing.
 *
 *	SAHUT_FUSE_AT=n    the operation to fail at, counted from 1; 0: none, and
 *	                   how many there were is said at the end
 *	SAHUT_FUSE_DO=how  kill: SIGKILL before the operation
 *	                   disconnect: its socket is shut before it
 *	                   error: it fails, or the far side refuses it
 *
 *	SAHUT_FUSE_WHEN=path  operations count from the moment on at which
 *	                      there is such a file; of a daemon, which has done
 *	                      some before anything comes to it
 *
 * What burned is said on stderr: "fuse: 17 PQsendQuery". An operation that
 * cannot fail in the chosen way is not counted.
 *
 *	SAHUT_FUSE_DEADLINE=s  so many seconds are a statement's deadline, instead
 *	                       of the ten minutes that nobody can wait for
 *
 * So that a small workspace is committed in several batches, a batch is full
 * with a page.
 */
#include <curl/curl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pg.h"
#include "stage.h"

/* A page of a hundred is a batch, and what is asked for one by one is one after as many. */
#define ROWS_MOST 60

/* The ways to fail, a set of flags. */
enum way {
	WAY_KILL = 1,
	WAY_DISCONNECT = 2,
	WAY_ERROR = 4,
};

/* The functions that are wrapped, and what stands in for them. */
PostgresPollingStatusType __real_PQconnectPoll(PGconn *conn);
PostgresPollingStatusType __wrap_PQconnectPoll(PGconn *conn);
int __real_PQsendQuery(PGconn *conn, const char *sql);
int __wrap_PQsendQuery(PGconn *conn, const char *sql);
int __real_PQsendQueryParams(PGconn *conn, const char *sql, int n, const Oid *types,
			     const char *const *values, const int *lengths, const int *formats,
			     int format);
int __wrap_PQsendQueryParams(PGconn *conn, const char *sql, int n, const Oid *types,
			     const char *const *values, const int *lengths, const int *formats,
			     int format);
int __real_PQputCopyData(PGconn *conn, const char *data, int n);
int __wrap_PQputCopyData(PGconn *conn, const char *data, int n);
int __real_PQputCopyEnd(PGconn *conn, const char *why);
int __wrap_PQputCopyEnd(PGconn *conn, const char *why);
int __real_PQflush(PGconn *conn);
int __wrap_PQflush(PGconn *conn);
int __real_PQconsumeInput(PGconn *conn);
int __wrap_PQconsumeInput(PGconn *conn);
PGresult *__real_PQgetResult(PGconn *conn);
PGresult *__wrap_PQgetResult(PGconn *conn);
void __real_PQfinish(PGconn *conn);
void __wrap_PQfinish(PGconn *conn);
CURLMcode __real_curl_multi_add_handle(CURLM *multi, CURL *curl);
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *curl);
CURLMcode __real_curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int mask, int *running);
CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int mask, int *running);
CURLMsg *__real_curl_multi_info_read(CURLM *multi, int *left);
CURLMsg *__wrap_curl_multi_info_read(CURLM *multi, int *left);
struct pg *__real_pg_open(struct event_loop *loop, const struct pg_conf *conf, struct err *err);
struct pg *__wrap_pg_open(struct event_loop *loop, const struct pg_conf *conf, struct err *err);
bool __real_stage_is_batch(const struct stage *stage);
bool __wrap_stage_is_batch(const struct stage *stage);

static enum way chosen(void)
{
	const char *how = getenv("SAHUT_FUSE_DO");

	if (how && strcmp(how, "disconnect") == 0)
		return WAY_DISCONNECT;
	return how && strcmp(how, "error") == 0 ? WAY_ERROR : WAY_KILL;
}

static long count;

__attribute__((destructor)) static void tell(void)
{
	const char *at = getenv("SAHUT_FUSE_AT");

	if (at && strcmp(at, "0") == 0)
		fprintf(stderr, "fuse: %ld operations\n", count);
}

static bool is_armed(void)
{
	static bool armed;
	const char *when = getenv("SAHUT_FUSE_WHEN");

	armed = armed || !when || access(when, F_OK) == 0;
	return armed;
}

/*
 * One operation more, which can fail in these WAYS. True when the fuse burns
 * here; does not return when that means to die.
 */
static bool burns(const char *operation, unsigned ways)
{
	const char *at = getenv("SAHUT_FUSE_AT");
	enum way way = chosen();

	if (!(ways & way) || !at || !is_armed() || ++count != strtol(at, NULL, 10))
		return false;
	fprintf(stderr, "fuse: %ld %s\n", count, operation);
	if (way == WAY_KILL)
		raise(SIGKILL);
	return true;
}

static void cut(int fd)
{
	shutdown(fd, SHUT_RDWR);
}

/* ---- libpq ----------------------------------------------------------- */

PostgresPollingStatusType __wrap_PQconnectPoll(PGconn *conn)
{
	if (!burns("PQconnectPoll", WAY_KILL | WAY_DISCONNECT | WAY_ERROR))
		return __real_PQconnectPoll(conn);
	if (chosen() == WAY_ERROR)
		return PGRES_POLLING_FAILED;
	cut(PQsocket(conn));
	return __real_PQconnectPoll(conn);
}

/* What the server is asked instead of a statement that is to fail. */
static const char refused[] =
	"do $$ begin raise exception using errcode = '53200', message = 'the fuse burned'; end $$";

/* The statement itself, or what is to fail in its place; NULL when it is not to be replaced. */
static const char *replaced(PGconn *conn, const char *operation)
{
	if (!burns(operation, WAY_KILL | WAY_DISCONNECT | WAY_ERROR))
		return NULL;
	if (chosen() == WAY_ERROR)
		return refused;
	cut(PQsocket(conn));
	return NULL;
}

int __wrap_PQsendQuery(PGconn *conn, const char *sql)
{
	const char *instead = replaced(conn, sql);

	return __real_PQsendQuery(conn, instead ? instead : sql);
}

int __wrap_PQsendQueryParams(PGconn *conn, const char *sql, int n, const Oid *types,
			     const char *const *values, const int *lengths, const int *formats,
			     int format)
{
	const char *instead = replaced(conn, sql);

	if (instead)
		return __real_PQsendQuery(conn, instead);
	return __real_PQsendQueryParams(conn, sql, n, types, values, lengths, formats, format);
}

int __wrap_PQputCopyData(PGconn *conn, const char *data, int n)
{
	static const char garbage[64];

	if (!burns("PQputCopyData", WAY_KILL | WAY_DISCONNECT | WAY_ERROR))
		return __real_PQputCopyData(conn, data, n);
	if (chosen() == WAY_ERROR)
		return __real_PQputCopyData(conn, garbage, sizeof(garbage));
	cut(PQsocket(conn));
	return __real_PQputCopyData(conn, data, n);
}

int __wrap_PQputCopyEnd(PGconn *conn, const char *why)
{
	if (!burns("PQputCopyEnd", WAY_KILL | WAY_DISCONNECT | WAY_ERROR))
		return __real_PQputCopyEnd(conn, why);
	if (chosen() == WAY_ERROR)
		return __real_PQputCopyEnd(conn, "the fuse burned");
	cut(PQsocket(conn));
	return __real_PQputCopyEnd(conn, why);
}

int __wrap_PQflush(PGconn *conn)
{
	if (burns("PQflush", WAY_KILL | WAY_DISCONNECT))
		cut(PQsocket(conn));
	return __real_PQflush(conn);
}

int __wrap_PQconsumeInput(PGconn *conn)
{
	if (burns("PQconsumeInput", WAY_KILL | WAY_DISCONNECT))
		cut(PQsocket(conn));
	return __real_PQconsumeInput(conn);
}

PGresult *__wrap_PQgetResult(PGconn *conn)
{
	if (burns("PQgetResult", WAY_KILL | WAY_DISCONNECT))
		cut(PQsocket(conn));
	return __real_PQgetResult(conn);
}

void __wrap_PQfinish(PGconn *conn)
{
	(void)burns("PQfinish", WAY_KILL);
	__real_PQfinish(conn);
}

/* ---- libcurl --------------------------------------------------------- */

CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *curl)
{
	(void)burns("curl_multi_add_handle", WAY_KILL);
	return __real_curl_multi_add_handle(multi, curl);
}

CURLMcode __wrap_curl_multi_socket_action(CURLM *multi, curl_socket_t fd, int mask, int *running)
{
	if (fd != CURL_SOCKET_TIMEOUT &&
	    burns("curl_multi_socket_action", WAY_KILL | WAY_DISCONNECT))
		cut(fd);
	return __real_curl_multi_socket_action(multi, fd, mask, running);
}

CURLMsg *__wrap_curl_multi_info_read(CURLM *multi, int *left)
{
	static CURLMsg spoilt;
	CURLMsg *msg = __real_curl_multi_info_read(multi, left);

	if (!msg || msg->msg != CURLMSG_DONE ||
	    !burns("curl_multi_info_read", WAY_KILL | WAY_ERROR))
		return msg;
	spoilt = *msg;
	spoilt.data.result = CURLE_RECV_ERROR;
	return &spoilt;
}

/* ---- our own --------------------------------------------------------- */

struct pg *__wrap_pg_open(struct event_loop *loop, const struct pg_conf *conf, struct err *err)
{
	const char *deadline = getenv("SAHUT_FUSE_DEADLINE");
	struct pg_conf mine = *conf;

	if (deadline)
		mine.deadline = strtol(deadline, NULL, 10) * USEC_PER_SEC;
	return __real_pg_open(loop, &mine, err);
}

bool __wrap_stage_is_batch(const struct stage *stage)
{
	return stage_rows(stage) >= ROWS_MOST || __real_stage_is_batch(stage);
}
