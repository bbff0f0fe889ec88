/* SPDX-License-Identifier: MIT */
#include "http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "busy_guard.h"
#include "mem.h"
#include "tcp.h"
#include "uri.h"

/* Seconds that a Retry-After is followed at most: a day. */
#define LONGEST_WAIT INT64_C(86400)

#define LOOPBACK "localhost,127.0.0.0/8,::1"

/* Status lines, headers and trailers of one request, informational replies included. */
#define MOST_HEADERS (256u << 10)

/*
 * All bodies together, of those that are under way or have not been freed. A small one is always
 * let through, so that a peer that sends large ones starves no other.
 */
#define MOST_BODIES (24u << 20)
#define SMALL_BODY (256u << 10)

/*
 * A reply's bytes on the wire: so many, and so many times those that it says something with.
 * Chunks of one byte take six; extensions of chunks and empty blocks of a compressed body say
 * nothing at any length, and libcurl counts neither.
 */
#define MOST_PADDING (1u << 20)
#define MOST_TIMES 8u

/* A transfer under way. */
struct transfer {
	struct transfer *next;
	struct http *http;
	struct watched *watched; /* its connection, or NULL: it shares one, or has none yet */
	CURL *curl;
	struct curl_slist *headers; /* the one with the secret comes first */
	struct http_reply *reply;   /* the part of it that came so far */
	char why[CURL_ERROR_SIZE];
	int64_t began;
	size_t header_bytes, body_bytes;
	bool padded;  /* nearly all that arrives says nothing */
	bool crowded; /* there was no room for its body beside those of others */
};

/* A descriptor of libcurl's and how we watch it. */
struct watched {
	struct http *http;
	struct transfer *transfer; /* that it was last watched for; NULL: that is over */
	uint64_t base;		   /* bytes that had been read before */
	curl_socket_t fd;
	struct event_loop_source *source;
};

struct http {
	struct event_loop *loop;
	struct event_loop_source *timer;
	CURLM *multi;
	struct transfer *flying;
	struct http_replies done; /* not taken */
	struct http_conf conf;
	uint64_t heard, finished; /* bytes of headers and bodies, and replies, of all */
	bool cut;		  /* a connection that did not stop talking was cut just now */
};

/* ---- addresses ------------------------------------------------------- */

static void free_part(char **part)
{
	curl_free(*part);
}

static void free_url(CURLU **url)
{
	curl_url_cleanup(*url);
}

bool http_url_allowed(const char *url, struct err *err)
{
	CLEANUP(free_url) CURLU *u = curl_url();
	CLEANUP(free_part) char *scheme = NULL;
	CLEANUP(free_part) char *host = NULL;
	CLEANUP(free_part) char *user = NULL;
	char shown[256];

	if (!u)
		mem_out("curl_url");
	err_quote(shown, sizeof(shown), url, strlen(url));
	if (curl_url_set(u, CURLUPART_URL, url, 0) ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0))
		return err_set(err, ERR_CONFIG, "not a URL: %s", shown);
	if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK)
		return err_set(err, ERR_CONFIG,
			       "a user name in a URL is a secret in the wrong place; leave it out");
	if (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && uri_is_loopback(host)))
		return true;
	return err_set(err, ERR_CONFIG, "%s: only https://, or http:// to a loopback address",
		       shown);
}

const char *http_url_origin(const char *url, char *buf, size_t size)
{
	CLEANUP(free_url) CURLU *u = curl_url();
	CLEANUP(free_part) char *scheme = NULL;
	CLEANUP(free_part) char *host = NULL;
	CLEANUP(free_part) char *port = NULL;

	buf[0] = '\0';
	if (!u || curl_url_set(u, CURLUPART_URL, url, 0) ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0))
		return buf;
	(void)curl_url_get(u, CURLUPART_PORT, &port, 0);
	snprintf(buf, size, "%s://%s%s%s", scheme, host, port ? ":" : "", port ? port : "");
	return buf;
}

/* ---- the finished ---------------------------------------------------- */

struct http_reply *http_take(struct http *http)
{
	return http_reply_unqueue(&http->done, NULL);
}

/* ---- times in headers ------------------------------------------------- */

/* Whether S says the time TM, in one of the three forms of RFC 9110, 5.6.7. */
static bool says_time(const char *s, const struct tm *tm)
{
	char imf[40], rfc850[80], ansi[40], date[32];

	strftime(imf, sizeof(imf), "%a, %d %b %Y %H:%M:%S GMT", tm);
	strftime(date, sizeof(date), "%A, %d-%b", tm);
	snprintf(rfc850, sizeof(rfc850), "%s-%02d %02d:%02d:%02d GMT", date, tm->tm_year % 100,
		 tm->tm_hour, tm->tm_min, tm->tm_sec);
	strftime(ansi, sizeof(ansi), "%a %b %e %H:%M:%S %Y", tm);
	return strcmp(s, imf) == 0 || strcmp(s, rfc850) == 0 || strcmp(s, ansi) == 0;
}

/*
 * curl_getdate() reads much more than the three forms, and dates that do not
 * exist. So its result is written again, and has to be the same text.
 */
bool http_date(const char *s, int64_t *ret)
{
	time_t t = curl_getdate(s, NULL), before = t - 1;
	struct tm tm;

	if (t == -1 || !gmtime_r(&t, &tm) || tm.tm_year > 9999 - 1900)
		return false;
	/* A leap second counts as the first of the next minute. */
	if (tm.tm_sec == 0 && !says_time(s, &tm) && gmtime_r(&before, &tm))
		tm.tm_sec = 60;
	if (!says_time(s, &tm))
		return false;
	*ret = (int64_t)t * USEC_PER_SEC;
	return true;
}

bool http_retry_after(const char *s, int64_t date, int64_t *ret)
{
	int64_t then;

	if (http_reply_seconds(s, LONGEST_WAIT, ret))
		return true;
	if (date == TIME_NONE || !http_date(s, &then))
		return false;
	*ret = min_i64(max_i64(then - date, 0), LONGEST_WAIT * USEC_PER_SEC);
	return true;
}

void http_read_times(struct http_reply *reply)
{
	if (!http_date(reply->date_text, &reply->date))
		reply->date = TIME_NONE;
	if (!http_retry_after(reply->retry_after_text, reply->date, &reply->retry_after))
		reply->retry_after = -1;
}

/* ---- how a transfer ended ---------------------------------------------- */

/*
 * Of a TLS handshake that failed: whether the two have nothing in common, which
 * stays so, or the connection broke, which does not. errno cannot tell: it may
 * be of another address that was tried before. OpenSSL's complaints have a
 * code, one of which is an end without a word.
 */
static enum err_kind kind_of_handshake(const char *why)
{
	return strstr(why, "error:") && !strstr(why, "unexpected eof") ? ERR_CONFIG
								       : ERR_UNAVAILABLE;
}

static enum err_kind kind_of(CURL *curl, CURLcode rc, const char *why)
{
	long connect_status = 0;

	curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &connect_status);
	if (connect_status == 407) /* the proxy wants a password */
		return ERR_DENIED;
	switch (rc) {
	case CURLE_URL_MALFORMAT:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
		return ERR_CONFIG;
	case CURLE_SSL_CONNECT_ERROR:
		return kind_of_handshake(why);
	case CURLE_UNSUPPORTED_PROTOCOL: /* of the reply; the request's was looked at */
	case CURLE_WRITE_ERROR:
	case CURLE_FILESIZE_EXCEEDED:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_OUT_OF_MEMORY: /* of the memory that it gives to a line, not of ours */
		return ERR_DATA;
	default:
		return ERR_UNAVAILABLE;
	}
}

static void fail(struct transfer *t, CURLcode rc)
{
	struct http_reply *reply = t->reply;
	char origin[128], *url = NULL;

	curl_easy_getinfo(t->curl, CURLINFO_EFFECTIVE_URL, &url);
	http_url_origin(url ? url : "", origin, sizeof(origin));
	if (t->header_bytes > MOST_HEADERS)
		err_set(&reply->err, ERR_DATA, "%s: more than %u bytes of headers and trailers",
			origin, MOST_HEADERS);
	else if (t->http->cut)
		err_set(&reply->err, ERR_DATA,
			"%s: more comes over the connection than can be read, and says nothing",
			origin);
	else if (t->padded)
		err_set(&reply->err, ERR_DATA,
			"%s: a reply of %zu bytes goes on and on with bytes that say nothing",
			origin, t->header_bytes + t->body_bytes);
	else if (rc == CURLE_OUT_OF_MEMORY)
		err_set(&reply->err, ERR_DATA,
			"%s: a line of the reply is longer than libcurl takes", origin);
	else if (t->crowded)
		err_set(&reply->err, ERR_UNAVAILABLE,
			"%s: too many large replies at once, of more than %u bytes together",
			origin, MOST_BODIES);
	else if (reply->body.full)
		err_set(&reply->err, ERR_DATA, "%s: the reply is larger than %zu bytes", origin,
			t->http->conf.max_body);
	else
		err_set(&reply->err, kind_of(t->curl, rc, t->why), "%s: %s", origin,
			t->why[0] ? t->why : curl_easy_strerror(rc));
}

/* Wiped before it is freed: the key stands in it. */
static void free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

/* W is T's, and nobody else's; T may be NULL. */
static void pair(struct watched *w, struct transfer *t)
{
	if (w->transfer)
		w->transfer->watched = NULL;
	if (t && t->watched)
		t->watched->transfer = NULL;
	w->transfer = t;
	if (t)
		t->watched = w;
}

/* Takes T out of the multi handle and frees it, but for its reply. */
static struct http_reply *finish_transfer(struct transfer *t)
{
	struct http_reply *reply = t->reply;
	struct transfer **link = &t->http->flying;

	while (*link != t)
		link = &(*link)->next;
	*link = t->next;
	curl_multi_remove_handle(t->http->multi, t->curl);
	curl_easy_cleanup(t->curl);
	free_headers(t->headers);
	if (t->watched)
		pair(t->watched, NULL);
	mem_free(&t);
	return reply;
}

static void finish(struct transfer *t, CURLcode rc)
{
	struct http_reply *reply = t->reply;
	struct http *http = t->http;
	long status = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	reply->status = (int)status;
	reply->took = event_loop_now() - t->began;
	http_read_times(reply);
	http_reply_redact(reply);
	/* libcurl is content with headers that break off. */
	if (rc != CURLE_OK || !reply->headed)
		fail(t, rc != CURLE_OK ? rc : CURLE_GOT_NOTHING);
	http->finished++;
	http_reply_queue(&http->done, finish_transfer(t));
}

/* ---- libcurl's side of the loop -------------------------------------- */

static void collect(struct http *http)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(http->multi, &left))) {
		struct transfer *t;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		if (msg->msg == CURLMSG_DONE)
			finish(t, msg->data.result);
	}
}

/* Lets libcurl read and write; FD may be CURL_SOCKET_TIMEOUT. */
static void act(struct http *http, curl_socket_t fd, int mask)
{
	uint64_t heard = http->heard, finished = http->finished;
	int running;

	busy_guard_begin(fd);
	curl_multi_socket_action(http->multi, fd, mask, &running);
	http->cut = busy_guard_end();
	collect(http);
	http->cut = false;
	busy_guard_credit(http->heard - heard, http->finished - finished);
}

static void on_timer(void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

/*
 * Whether far more came over W's connection than the reply says. Of HTTP/1 only, where a
 * connection has one transfer at a time.
 */
static bool is_padded(const struct watched *w)
{
	const struct transfer *t = w->transfer;
	long version = 0;

	if (t)
		curl_easy_getinfo(t->curl, CURLINFO_HTTP_VERSION, &version);
	if (version != CURL_HTTP_VERSION_1_0 && version != CURL_HTTP_VERSION_1_1)
		return false;
	return tcp_bytes_read(w->fd) >
	       w->base + MOST_PADDING + MOST_TIMES * (t->header_bytes + t->body_bytes);
}

static void on_socket(void *arg, unsigned events)
{
	struct watched *w = arg;
	struct http *http = w->http;
	int mask = (events & EVENT_LOOP_IN ? CURL_CSELECT_IN : 0) |
		   (events & EVENT_LOOP_OUT ? CURL_CSELECT_OUT : 0);

	if (is_padded(w)) {
		w->transfer->padded = true;
		finish(w->transfer, CURLE_WEIRD_SERVER_REPLY);
		return;
	}
	act(http, w->fd, mask);
}

static int set_socket(CURL *curl, curl_socket_t fd, int what, void *arg, void *arg2)
{
	struct http *http = arg;
	struct watched *w = arg2;
	struct transfer *t = NULL;
	unsigned events = (what & CURL_POLL_IN ? EVENT_LOOP_IN : 0) |
			  (what & CURL_POLL_OUT ? EVENT_LOOP_OUT : 0);

	if (what == CURL_POLL_REMOVE) {
		if (w) {
			pair(w, NULL);
			event_loop_forget(&w->source);
		}
		mem_free(&w);
		return 0;
	}
	if (!w) {
		w = mem_new(sizeof(*w));
		w->http = http;
		w->fd = fd;
		w->base = tcp_bytes_read(fd);
		w->source = event_loop_watch(http->loop, fd, events, on_socket, w);
		curl_multi_assign(http->multi, fd, w);
	}
	curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&t);
	pair(w, t);
	event_loop_watch_for(w->source, events);
	return 0;
}

/* libcurl reads a connection that it keeps, too, before it is used again. */
static int on_opened(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)arg;
	(void)purpose;
	busy_guard_watch(fd);
	return CURL_SOCKOPT_OK;
}

static int on_closed(void *arg, curl_socket_t fd)
{
	(void)arg;
	busy_guard_forget(fd);
	return close(fd);
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct http *http = arg;

	(void)multi;
	event_loop_timer_set(http->timer,
			     ms < 0 ? TIME_NEVER : event_loop_now() + ms * USEC_PER_MSEC);
	return 0;
}

/* ---- arrivals --------------------------------------------------------- */

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	t->body_bytes += size * n;
	t->http->heard += size * n;
	t->crowded = t->reply->body.len + size * n > SMALL_BODY &&
		     http_reply_bodies() + size * n > MOST_BODIES;
	if (t->crowded)
		return 0;
	http_reply_add(t->reply, p, size * n);
	/* What came lies in a buffer of libcurl's that lives as long as its connection. */
	explicit_bzero(p, size * n);
	return t->reply->body.full ? 0 : size * n;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	t->header_bytes += size * n;
	t->http->heard += size * n;
	if (t->header_bytes > MOST_HEADERS)
		return 0;
	http_reply_header(t->reply, p, size * n);
	return size * n;
}

/* ---- sending --------------------------------------------------------- */

static void set(CURL *curl, CURLoption option, long value)
{
	if (curl_easy_setopt(curl, option, value) == CURLE_OUT_OF_MEMORY)
		mem_out("libcurl");
}

static void set_text(CURL *curl, CURLoption option, const char *value)
{
	if (curl_easy_setopt(curl, option, value) == CURLE_OUT_OF_MEMORY)
		mem_out("libcurl");
}

static long milliseconds(int64_t usec)
{
	return (long)(usec / USEC_PER_MSEC);
}

/* An option that not every libcurl has. */
static void set_if_known(CURL *curl, const char *name, long value)
{
	const struct curl_easyoption *option = curl_easy_option_by_name(name);

	if (option)
		set(curl, option->id, value);
}

/*
 * A file of authorities stands instead of the system's, of which libcurl would go on to search the
 * directory. It would also keep the content for a day: a file may be renewed.
 */
static void set_authorities(CURL *curl, const struct http_conf *conf)
{
	set_if_known(curl, "CA_CACHE_TIMEOUT", 60);
	if (!conf->ca_file)
		return;
	set_text(curl, CURLOPT_CAINFO, conf->ca_file);
	set_text(curl, CURLOPT_CAPATH, NULL);
	set_text(curl, CURLOPT_PROXY_CAINFO, conf->ca_file);
	set_text(curl, CURLOPT_PROXY_CAPATH, NULL);
}

static void set_security(CURL *curl, const struct http_conf *conf)
{
	set_text(curl, CURLOPT_PROTOCOLS_STR, "https,http"); /* the host has been seen to */
	set(curl, CURLOPT_FOLLOWLOCATION, 0);
	set(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	set(curl, CURLOPT_SSL_VERIFYPEER, 1);
	set(curl, CURLOPT_SSL_VERIFYHOST, 2);
	set_authorities(curl, conf);
	set(curl, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	set(curl, CURLOPT_HTTP09_ALLOWED, 0);
	/* An empty proxy is none, against the environment. */
	set_text(curl, CURLOPT_PROXY, conf->proxy ? conf->proxy : "");
	if (conf->proxy && conf->proxy_login)
		set_text(curl, CURLOPT_PROXYUSERPWD, conf->proxy_login);
	set_text(curl, CURLOPT_NOPROXY, LOOPBACK);
	set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
}

static void set_limits(CURL *curl, const struct http_conf *conf)
{
	set(curl, CURLOPT_NOSIGNAL, 1);
	/* A transfer that was given up does not wait for a silent name server. */
	set(curl, CURLOPT_QUICK_EXIT, 1);
	set(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(conf->connect_timeout));
	set(curl, CURLOPT_LOW_SPEED_LIMIT, 100);
	set(curl, CURLOPT_LOW_SPEED_TIME, (long)max_i64(conf->idle_timeout / USEC_PER_SEC, 1));
	set(curl, CURLOPT_TIMEOUT_MS, milliseconds(conf->total_timeout));
	set(curl, CURLOPT_TCP_KEEPALIVE, 1);
}

static void set_request(struct transfer *t, const struct http_request *request)
{
	static const char *const methods[] = { "GET", "POST", "PATCH", "PUT", "DELETE" };
	CURL *curl = t->curl;

	set_text(curl, CURLOPT_URL, request->url);
	set(curl, CURLOPT_PATH_AS_IS, 1); /* an id may be ".." */
	set_text(curl, CURLOPT_USERAGENT, t->http->conf.user_agent);
	set_text(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
	set(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	/* libcurl sends a request again that a kept connection lost, also a POST that was done. */
	set(curl, CURLOPT_FRESH_CONNECT, request->method != HTTP_GET);
	if (request->auth)
		t->headers = curl_slist_append(t->headers, request->auth);
	t->headers = curl_slist_append(t->headers, "Accept: application/json");
	if (request->body) {
		t->headers = curl_slist_append(t->headers, "Content-Type: application/json");
		t->headers = curl_slist_append(t->headers, "Expect:");
		set(curl, CURLOPT_POSTFIELDSIZE, (long)request->body_len);
		set_text(curl, CURLOPT_COPYPOSTFIELDS, request->body);
	}
	if (request->method != HTTP_GET)
		set_text(curl, CURLOPT_CUSTOMREQUEST, methods[request->method]);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, t->headers);
}

void http_send(struct http *http, const struct http_request *request)
{
	struct transfer *t = mem_new(sizeof(*t));

	t->http = http;
	t->began = event_loop_now();
	t->reply = http_reply_new(request->tag, http->conf.max_body);
	t->curl = curl_easy_init();
	if (!t->curl)
		mem_out("curl_easy_init");
	t->next = http->flying;
	http->flying = t;
	set_security(t->curl, &http->conf);
	set_limits(t->curl, &http->conf);
	set_request(t, request);
	curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
	curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->why);
	curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->curl, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(t->curl, CURLOPT_SOCKOPTFUNCTION, on_opened);
	curl_easy_setopt(t->curl, CURLOPT_CLOSESOCKETFUNCTION, on_closed);
	if (!http_url_allowed(request->url, &t->reply->err)) {
		http_reply_queue(&http->done, finish_transfer(t));
		return;
	}
	if (curl_multi_add_handle(http->multi, t->curl) != CURLM_OK)
		mem_out("curl_multi_add_handle");
}

void http_cancel(struct http *http, const void *tag)
{
	struct http_reply *reply;

	for (struct transfer *t = http->flying, *next; t; t = next) {
		next = t->next;
		if (t->reply->tag != tag)
			continue;
		reply = finish_transfer(t);
		http_reply_free(&reply);
	}
	while ((reply = http_reply_unqueue(&http->done, tag)))
		http_reply_free(&reply);
}

struct http_reply *http_call(struct http *http, const struct http_request *request, struct err *err)
{
	struct http_request mine = *request;
	struct http_reply *reply;
	int tag;

	mine.tag = &tag;
	http_send(http, &mine);
	while (!(reply = http_reply_unqueue(&http->done, &tag))) {
		if (event_loop_turn(http->loop, TIME_NEVER) != EVENT_LOOP_STOP)
			continue;
		http_cancel(http, &tag);
		err_set(err, ERR_STOPPED, "told to stop while waiting for a reply");
		return NULL;
	}
	return reply;
}

/* ---- beginning and end ----------------------------------------------- */

struct http *http_open(struct event_loop *loop, const struct http_conf *conf, struct err *err)
{
	struct http *http;

	if (conf->ca_file && access(conf->ca_file, R_OK) != 0) {
		err_set(err, ERR_CONFIG, "http.ca_file: %s cannot be read", conf->ca_file);
		return NULL;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		mem_out("curl_global_init");
	http = mem_new(sizeof(*http));
	http->loop = loop;
	http->conf = *conf;
	http->conf.ca_file = conf->ca_file ? mem_text(conf->ca_file, strlen(conf->ca_file)) : NULL;
	http->conf.proxy = conf->proxy ? mem_text(conf->proxy, strlen(conf->proxy)) : NULL;
	http->conf.proxy_login =
		conf->proxy_login ? mem_text(conf->proxy_login, strlen(conf->proxy_login)) : NULL;
	http->conf.user_agent = mem_text(conf->user_agent, strlen(conf->user_agent));
	http->timer = event_loop_timer(loop, on_timer, http);
	http->multi = curl_multi_init();
	if (!http->multi)
		mem_out("curl_multi_init");
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)conf->max_connections);
	return http;
}

void http_close(struct http **http)
{
	struct http *h = *http;
	struct http_reply *reply;

	if (!h)
		return;
	while (h->flying) {
		reply = finish_transfer(h->flying);
		http_reply_free(&reply);
	}
	while ((reply = http_take(h)))
		http_reply_free(&reply);
	curl_multi_cleanup(h->multi);
	event_loop_forget(&h->timer);
	mem_free(&h->conf.ca_file);
	mem_free(&h->conf.proxy);
	mem_free_secret(&h->conf.proxy_login);
	mem_free(&h->conf.user_agent);
	mem_free(http);
	curl_global_cleanup();
}

const char *http_library(void)
{
	return curl_version();
}
