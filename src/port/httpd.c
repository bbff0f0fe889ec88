/* SPDX-License-Identifier: MIT */
#include "httpd.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"
#include "time_format.h"

/*
 * Kept under the 1,024 descriptors that a process usually has; a later client waits in the backlog.
 */
#define MOST_CONNECTIONS 900
#define BACKLOG 1024

/*
 * A connection that says nothing for so many seconds is closed. That also ends the connections of
 * clients that sent part of a request and went away at once, which the library (0.9.75, epoll) does
 * not notice by itself.
 */
#define LONGEST_SILENCE 120u

/*
 * The library often has a little more to do right after it has worked; so
 * many times it may, before others get their turn.
 */
#define MOST_ROUNDS 8

#define CUT_BLOCK 16384

/* A connection as the library knows it, the one that was quiet longest first. */
struct caller {
	struct httpd *httpd;
	int fd;
	bool busy; /* it has asked to the end, and is being answered */
	struct caller *before, *after;
};

/* A request and its answer, from the first header line to the last byte. */
struct exchange {
	struct httpd *httpd;
	struct MHD_Connection *connection;
	struct buf asked;
	bool served;
	struct httpd_answer answer;
	int64_t due; /* when a delayed answer goes out */
	bool parked;
	struct exchange *before, *after; /* in the list of the delayed */
};

struct httpd {
	struct httpd_conf conf;
	struct MHD_Daemon *daemon;
	struct event_loop_source *epoll;
	struct event_loop_source *timer; /* for the library's own deadlines */
	int64_t timer_at;
	struct event_loop_source *alarm; /* for delayed answers */
	struct exchange *first, *last;	 /* the delayed, soonest first */
	struct caller *quietest, *newest;
	int n_callers;
	int port;
};

/* ---- for the serving function ----------------------------------------- */

void httpd_header(struct httpd_answer *answer, const char *name, const char *fmt, ...)
{
	va_list args;

	if (answer->n_headers == HTTPD_MOST_HEADERS)
		return;
	va_start(args, fmt);
	vsnprintf(answer->headers[answer->n_headers].value, sizeof(answer->headers[0].value), fmt,
		  args);
	va_end(args);
	answer->headers[answer->n_headers++].name = name;
}

const char *httpd_request_header(const struct httpd_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *httpd_query(const struct httpd_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

/* ---- the loop ---------------------------------------------------------- */

/*
 * The timer may stay set for an earlier moment than is needed: then it wakes
 * once for nothing, which is cheaper than to set it at every request.
 */
static void set_timer(struct httpd *httpd, int64_t at)
{
	if (at >= httpd->timer_at)
		return;
	httpd->timer_at = at;
	event_loop_timer_set(httpd->timer, at);
}

static void run(struct httpd *httpd)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;
	bool more = true;

	for (int round = 0; round < MOST_ROUNDS && more && ms == 0; round++) {
		MHD_run(httpd->daemon);
		more = MHD_get_timeout(httpd->daemon, &ms) == MHD_YES;
	}
	if (more)
		set_timer(httpd, event_loop_now() + (int64_t)ms * USEC_PER_MSEC);
}

static void on_epoll(void *arg, unsigned events)
{
	(void)events;
	run(arg);
}

static void on_timer(void *arg)
{
	struct httpd *httpd = arg;

	httpd->timer_at = TIME_NEVER;
	run(httpd);
}

/* ---- delayed answers --------------------------------------------------- */

static void unpark(struct exchange *x)
{
	struct httpd *httpd = x->httpd;

	if (x->before)
		x->before->after = x->after;
	else
		httpd->first = x->after;
	if (x->after)
		x->after->before = x->before;
	else
		httpd->last = x->before;
	x->parked = false;
}

/* Most delays are equal, so that the place of a new one is found at the end at once. */
static void park(struct exchange *x)
{
	struct httpd *httpd = x->httpd;
	struct exchange *before = httpd->last;

	x->due = event_loop_now() + x->answer.delay;
	while (before && before->due > x->due)
		before = before->before;
	x->before = before;
	x->after = before ? before->after : httpd->first;
	if (x->after)
		x->after->before = x;
	else
		httpd->last = x;
	if (before)
		before->after = x;
	else
		httpd->first = x;
	x->parked = true;
	if (httpd->first == x)
		event_loop_timer_set(httpd->alarm, x->due);
	MHD_suspend_connection(x->connection);
}

static void on_alarm(void *arg)
{
	struct httpd *httpd = arg;
	int64_t now = event_loop_now();

	while (httpd->first && httpd->first->due <= now) {
		struct exchange *x = httpd->first;

		unpark(x);
		MHD_resume_connection(x->connection);
	}
	if (httpd->first)
		event_loop_timer_set(httpd->alarm, httpd->first->due);
	run(httpd);
}

/* ---- answers ----------------------------------------------------------- */

/* Gives out the part of the body that a cut leaves, then breaks the connection. */
static ssize_t read_cut(void *arg, uint64_t pos, char *to, size_t room)
{
	const struct httpd_answer *answer = arg;
	size_t left = answer->cut_after - (size_t)pos;

	if (left == 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	left = left < room ? left : room;
	memcpy(to, answer->body.data + pos, left);
	return (ssize_t)left;
}

static struct MHD_Response *make_response(struct httpd_answer *answer)
{
	struct buf *body = &answer->body;
	struct MHD_Response *response;

	if (answer->cut_after > 0 && answer->cut_after < body->len) {
		response = MHD_create_response_from_callback(body->len, CUT_BLOCK, read_cut, answer,
							     NULL);
	} else if (body->data) {
		response = MHD_create_response_from_buffer(body->len, body->data,
							   MHD_RESPMEM_MUST_FREE);
		*body = (struct buf)BUF_MAX(0);
	} else {
		response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	}
	if (!response)
		mem_out("libmicrohttpd");
	return response;
}

static bool has_header(const struct httpd_answer *answer, const char *name)
{
	for (int i = 0; i < answer->n_headers; i++)
		if (strcasecmp(answer->headers[i].name, name) == 0)
			return true;
	return false;
}

static void add_headers(const struct httpd_answer *answer, struct MHD_Response *response)
{
	char date[TIME_FORMAT_SIZE];

	for (int i = 0; i < answer->n_headers; i++)
		MHD_add_response_header(response, answer->headers[i].name,
					answer->headers[i].value);
	if (answer->content_type || !has_header(answer, "Content-Type"))
		MHD_add_response_header(response, "Content-Type",
					answer->content_type ? answer->content_type
							     : "application/json");
	if (!answer->no_date && !has_header(answer, "Date"))
		MHD_add_response_header(response, "Date",
					time_format_http(clock_real(clock_system()), date));
}

static enum MHD_Result answer_now(struct exchange *x)
{
	struct httpd_answer *answer = &x->answer;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (answer->hang_up)
		return MHD_NO;
	if (answer->body.full) {
		buf_free(&answer->body);
		answer->status = 500;
	}
	response = make_response(answer);
	add_headers(answer, response);
	result = MHD_queue_response(x->connection, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	return result;
}

/* ---- connections ------------------------------------------------------- */

static void leave(struct caller *c)
{
	struct httpd *httpd = c->httpd;

	*(c->before ? &c->before->after : &httpd->quietest) = c->after;
	*(c->after ? &c->after->before : &httpd->newest) = c->before;
	httpd->n_callers--;
}

static void arrive(struct caller *c)
{
	struct httpd *httpd = c->httpd;

	c->before = httpd->newest;
	c->after = NULL;
	*(c->before ? &c->before->after : &httpd->quietest) = c;
	httpd->newest = c;
	httpd->n_callers++;
}

/*
 * Makes room for new clients: of connections that ask for nothing, the one that has done so longest
 * goes. Half-open ones may be as many as they like.
 */
static void make_room(struct httpd *httpd)
{
	struct caller *c = httpd->quietest;

	if (httpd->conf.most_quiet == 0 || httpd->n_callers <= httpd->conf.most_quiet)
		return;
	while (c && c->busy)
		c = c->after;
	if (!c)
		return;
	shutdown(c->fd, SHUT_RDWR);
	/* The library will notice; until then it is nobody's turn again. */
	c->busy = true;
	leave(c);
	arrive(c);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **slot,
			  enum MHD_ConnectionNotificationCode why)
{
	struct caller *c = *slot;

	if (why == MHD_CONNECTION_NOTIFY_STARTED) {
		c = mem_new(sizeof(*c));
		c->httpd = arg;
		c->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				->connect_fd;
		arrive(c);
		*slot = c;
		make_room(c->httpd);
	} else if (c) {
		leave(c);
		mem_free(slot);
	}
}

static struct caller *caller_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

/* It has asked to the end, or has been answered and is quiet again. */
static void set_busy(struct MHD_Connection *connection, bool busy)
{
	struct caller *c = caller_of(connection);

	if (!c)
		return;
	c->busy = busy;
	leave(c);
	arrive(c);
}

/* ---- requests ---------------------------------------------------------- */

static struct exchange *begin(struct httpd *httpd, struct MHD_Connection *connection)
{
	struct exchange *x = mem_new(sizeof(*x));

	x->httpd = httpd;
	x->connection = connection;
	x->asked.max = httpd->conf.most_asked ? httpd->conf.most_asked : HTTPD_MOST_ASKED;
	x->answer.status = 200;
	x->answer.body.max = HTTPD_MOST_ANSWERED;
	return x;
}

/* Headers that say where a body ends. */
struct framing {
	int lengths, encodings;
	bool odd;
};

static enum MHD_Result see_framing(void *arg, enum MHD_ValueKind kind, const char *name,
				   const char *value)
{
	struct framing *framing = arg;

	(void)kind;
	if (strcasecmp(name, "Content-Length") == 0) {
		framing->lengths++;
	} else if (strcasecmp(name, "Transfer-Encoding") == 0) {
		framing->encodings++;
		framing->odd = framing->odd || !value || strcasecmp(value, "chunked") != 0;
	}
	return MHD_YES;
}

/*
 * Whether it can be told in one way only where the body ends. Otherwise a proxy in front might see
 * other requests on the connection than we do.
 */
static bool is_plainly_framed(struct MHD_Connection *connection)
{
	struct framing framing = { 0 };

	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, see_framing, &framing);
	return framing.lengths + framing.encodings <= 1 && !framing.odd;
}

/*
 * Makes room for a body at once: a buffer that grows leaves copies behind, which nobody would wipe.
 * False when it is said to be too large.
 */
static bool expect_body(struct exchange *x)
{
	const char *declared =
		MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Length");
	bool chunked =
		MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Transfer-Encoding");
	size_t n = declared ? strtoul(declared, NULL, 10) : chunked ? x->asked.max : 0;

	if (x->httpd->conf.most_asked == 0)
		return true;
	if (n > x->asked.max)
		return false;
	if (n > 0)
		(void)!buf_extend(&x->asked, n);
	buf_reset(&x->asked);
	return true;
}

static void serve(struct exchange *x, const char *method, const char *path)
{
	struct httpd_request request = {
		.method = method,
		.path = path,
		.body = buf_text(&x->asked),
		.body_len = x->asked.len,
		.connection = x->connection,
	};

	if (x->asked.full)
		x->answer.status = 413;
	else
		x->httpd->conf.serve(x->httpd->conf.arg, &request, &x->answer);
	x->served = true;
}

/* An answer before the body is read, which ends the connection. */
static enum MHD_Result refuse(struct exchange *x, int status)
{
	x->answer.status = status;
	httpd_header(&x->answer, "Connection", "close");
	return answer_now(x);
}

/*
 * libmicrohttpd calls this once when the headers are in, once for each piece
 * of the body, once at its end, and once more after a delay.
 */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *piece,
				  size_t *piece_len, void **slot)
{
	struct exchange *x = *slot;

	(void)version;
	if (!x) {
		*slot = x = begin(arg, connection);
		if (!is_plainly_framed(connection))
			return refuse(x, 400);
		return expect_body(x) ? MHD_YES : refuse(x, 413);
	}
	if (*piece_len > 0) {
		/*
		 * A body that is too large is read to its end all the same, unless the owner says
		 * otherwise: a client that still sends would not see the answer.
		 */
		buf_add(&x->asked, piece, *piece_len);
		*piece_len = 0;
		return x->asked.full && x->httpd->conf.most_asked ? MHD_NO : MHD_YES;
	}
	if (!x->served) {
		set_busy(connection, true);
		serve(x, method, path);
		if (x->answer.delay > 0) {
			park(x);
			return MHD_YES;
		}
	}
	return answer_now(x);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **slot,
			 enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *slot;

	(void)arg;
	(void)why;
	if (!x)
		return;
	set_busy(connection, false);
	if (x->parked)
		unpark(x);
	if (x->asked.data)
		explicit_bzero(x->asked.data, x->asked.len);
	buf_free(&x->asked);
	buf_free(&x->answer.body);
	mem_free(slot);
}

/* ---- beginning and end ------------------------------------------------- */

static void free_addresses(struct addrinfo **list)
{
	if (*list)
		freeaddrinfo(*list);
}

/* A listening socket, or -1. */
static int listen_on(const struct httpd_conf *conf, struct err *err)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
				  .ai_socktype = SOCK_STREAM };
	CLEANUP(free_addresses) struct addrinfo *to = NULL;
	char port[16];
	int fd, on = 1;

	snprintf(port, sizeof(port), "%d", conf->port);
	if (conf->port < 0 || conf->port > UINT16_MAX ||
	    getaddrinfo(conf->host, port, &hints, &to) != 0) {
		err_set(err, ERR_CONFIG, "cannot listen on %s port %d: not an address", conf->host,
			conf->port);
		return -1;
	}
	fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		err_set(err, ERR_SYSTEM, "cannot make a socket: %s", strerror(errno));
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, to->ai_addr, to->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	err_set(err, ERR_SYSTEM, "cannot listen on %s port %d: %s", conf->host, conf->port,
		strerror(errno));
	close(fd);
	return -1;
}

static int port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	char port[16] = "0";

	if (getsockname(fd, (struct sockaddr *)&address, &len) == 0)
		(void)getnameinfo((struct sockaddr *)&address, len, NULL, 0, port, sizeof(port),
				  NI_NUMERICSERV);
	return (int)strtol(port, NULL, 10);
}

struct httpd *httpd_open(struct event_loop *loop, const struct httpd_conf *conf, struct err *err)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
	struct httpd *httpd;
	int fd = listen_on(conf, err);

	if (fd < 0)
		return NULL;
	httpd = mem_new(sizeof(*httpd));
	httpd->conf = *conf;
	httpd->conf.host = NULL;
	httpd->port = port_of(fd);
	httpd->timer_at = TIME_NEVER;
	httpd->daemon =
		MHD_start_daemon(flags, 0, NULL, NULL, on_request, httpd, MHD_OPTION_LISTEN_SOCKET,
				 fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
				 MHD_OPTION_NOTIFY_CONNECTION, on_connection, httpd,
				 MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CONNECTIONS,
				 MHD_OPTION_CONNECTION_TIMEOUT,
				 conf->patience ? conf->patience : LONGEST_SILENCE, MHD_OPTION_END);
	if (!httpd->daemon) {
		close(fd);
		mem_free(&httpd);
		err_set(err, ERR_SYSTEM, "cannot start a server: are too many files open?");
		return NULL;
	}
	httpd->timer = event_loop_timer(loop, on_timer, httpd);
	httpd->alarm = event_loop_timer(loop, on_alarm, httpd);
	httpd->epoll = event_loop_watch(
		loop, MHD_get_daemon_info(httpd->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd,
		EVENT_LOOP_IN, on_epoll, httpd);
	return httpd;
}

void httpd_close(struct httpd **httpd)
{
	struct httpd *h = *httpd;

	if (!h)
		return;
	event_loop_forget(&h->epoll);
	event_loop_forget(&h->timer);
	event_loop_forget(&h->alarm);
	while (h->first) {
		struct exchange *x = h->first;

		/* The library must not be stopped while a connection is suspended. */
		unpark(x);
		MHD_resume_connection(x->connection);
	}
	MHD_stop_daemon(h->daemon);
	mem_free(httpd);
}

int httpd_port(const struct httpd *httpd)
{
	return httpd->port;
}

const char *httpd_library(void)
{
	return MHD_get_version();
}
