/* SPDX-License-Identifier: MIT */
/* Requests to a server in this very process, and to one that misbehaves to the letter of a script. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http.h"
#include "httpd.h"

#define MSEC USEC_PER_MSEC
#define SOON (5 * USEC_PER_SEC)
#define MAX_BODY 100000

static struct event_loop *loop;
static struct httpd *httpd;
static struct http *http;
static int served;

/* ---- the server ---------------------------------------------------------- */

static long number(const struct httpd_request *request, const char *name)
{
	const char *text = httpd_query(request, name);

	return text ? strtol(text, NULL, 10) : 0;
}

/* What came in, a line each. */
static void echo(const struct httpd_request *request, struct buf *out)
{
	static const char *const names[] = { "Authorization", "Accept", "User-Agent",
					     "Content-Type",  "Expect", "Cookie",
					     "Host" };

	buf_printf(out, "%s %s\n", request->method, request->path);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = httpd_request_header(request, names[i]);

		if (value)
			buf_printf(out, "%s: %s\n", names[i], value);
	}
	buf_printf(out, "%zu ", request->body_len);
	buf_add(out, request->body, request->body_len);
}

static void serve(void *arg, const struct httpd_request *request, struct httpd_answer *answer)
{
	long n = number(request, "n");

	(void)arg;
	served++;
	answer->delay = number(request, "ms") * MSEC;
	if (number(request, "status"))
		answer->status = (int)number(request, "status");
	if (n > 0)
		memset(buf_extend(&answer->body, (size_t)n), 'x', (size_t)n);
	if (strcmp(request->path, "/echo") == 0)
		echo(request, &answer->body);
	else if (strcmp(request->path, "/hang") == 0)
		answer->hang_up = true;
	else if (strcmp(request->path, "/cut") == 0)
		answer->cut_after = 10;
	else if (strcmp(request->path, "/away") == 0)
		httpd_header(answer, "Location", "http://127.0.0.1:%d/echo", httpd_port(httpd));
	else if (strcmp(request->path, "/cookie") == 0)
		httpd_header(answer, "Set-Cookie", "a=b; Path=/");
}

static int begin(void **fixture)
{
	struct httpd_conf far_side = { .host = "127.0.0.1", .serve = serve };
	struct http_conf conf = {
		.user_agent = "unit/1",
		.max_body = MAX_BODY,
		.connect_timeout = SOON,
		.idle_timeout = SOON,
		.total_timeout = SOON,
		.max_connections = 4,
	};
	struct err err;

	(void)fixture;
	served = 0;
	loop = event_loop_open(false, &err);
	httpd = loop ? httpd_open(loop, &far_side, &err) : NULL;
	http = httpd ? http_open(loop, &conf, &err) : NULL;
	return http ? 0 : 1;
}

static int end(void **fixture)
{
	(void)fixture;
	http_close(&http);
	httpd_close(&httpd);
	event_loop_close(&loop);
	return http || httpd || loop ? 1 : 0;
}

/* ---- asking ---------------------------------------------------------------- */

static const char *url_of(const char *path)
{
	static char url[2048];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", httpd_port(httpd), path);
	return url;
}

static struct http_reply *call_url(const char *url)
{
	struct http_request request = { .url = url };
	struct err err;
	struct http_reply *reply = http_call(http, &request, &err);

	assert_non_null(reply);
	return reply;
}

static struct http_reply *get(const char *path)
{
	return call_url(url_of(path));
}

static void send_tagged(const char *path, void *tag)
{
	struct http_request request = { .url = url_of(path), .tag = tag };

	http_send(http, &request);
}

/* The next reply, waited for. */
static struct http_reply *await(void)
{
	struct http_reply *reply;
	int64_t late = event_loop_now() + SOON;

	while (!(reply = http_take(http))) {
		assert_true(event_loop_now() < late);
		assert_int_not_equal(event_loop_turn(loop, late), EVENT_LOOP_STOP);
	}
	return reply;
}

static void expect_failure(const char *path, enum err_kind kind)
{
	struct http_reply *reply = get(path);

	if (reply->err.kind != kind)
		fail_msg("%s: %s: %s", path, err_kind_name(reply->err.kind), reply->err.text);
	assert_true(strlen(reply->err.text) > 0);
	http_reply_free(&reply);
}

/* ---- one request, one reply ----------------------------------------------- */

static void a_reply_is_what_the_server_said(void **fixture)
{
	struct http_reply *reply = get("/x?n=5&status=404");

	(void)fixture;
	assert_int_equal(reply->err.kind, ERR_NONE);
	assert_int_equal(reply->status, 404);
	assert_string_equal(buf_text(&reply->body), "xxxxx");
	assert_string_equal(reply->content_type, "application/json");
	assert_true(reply->date != TIME_NONE);
	assert_int_equal(reply->retry_after, -1);
	assert_true(reply->took > 0 && reply->took < SOON);
	http_reply_free(&reply);
}

static void a_request_is_sent_as_it_was_given(void **fixture)
{
	struct http_request request = {
		.method = HTTP_PATCH,
		.auth = "Authorization: Bearer sk_live_x",
		.body = "{\"a\":\0 1}",
		.body_len = 9,
	};
	struct http_reply *reply;
	struct buf want = BUF_MAX(1000);
	struct err err;

	(void)fixture;
	request.url = url_of("/echo");
	reply = http_call(http, &request, &err);
	buf_printf(&want,
		   "PATCH /echo\nAuthorization: Bearer sk_live_x\nAccept: application/json\n"
		   "User-Agent: unit/1\nContent-Type: application/json\nHost: 127.0.0.1:%d\n9 ",
		   httpd_port(httpd));
	buf_add(&want, "{\"a\":\0 1}", 9);
	assert_int_equal(reply->body.len, want.len);
	assert_memory_equal(reply->body.data, want.data, want.len);
	buf_free(&want);
	http_reply_free(&reply);
}

static void each_method_is_sent_with_its_body_or_without(void **fixture)
{
	static const struct {
		enum http_method method;
		const char *body, *want;
	} cases[] = {
		{ HTTP_GET, NULL, "GET /echo\n" },	 { HTTP_POST, "{}", "POST /echo\n" },
		{ HTTP_PATCH, "{}", "PATCH /echo\n" },	 { HTTP_PUT, "{}", "PUT /echo\n" },
		{ HTTP_DELETE, NULL, "DELETE /echo\n" }, { HTTP_POST, "", "POST /echo\n" },
		{ HTTP_PUT, NULL, "PUT /echo\n" },
	};
	struct err err;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_request request = {
			.method = cases[i].method,
			.url = url_of("/echo"),
			.body = cases[i].body,
			.body_len = cases[i].body ? strlen(cases[i].body) : 0,
		};
		struct http_reply *reply = http_call(http, &request, &err);

		assert_int_equal(reply->err.kind, ERR_NONE);
		assert_memory_equal(buf_text(&reply->body), cases[i].want, strlen(cases[i].want));
		http_reply_free(&reply);
	}
}

static void nothing_is_added_that_was_not_asked_for(void **fixture)
{
	struct http_reply *reply = get("/cookie");

	(void)fixture;
	http_reply_free(&reply);
	reply = get("/echo");
	assert_null(strstr(buf_text(&reply->body), "Cookie"));
	assert_null(strstr(buf_text(&reply->body), "Authorization"));
	assert_null(strstr(buf_text(&reply->body), "Expect"));
	http_reply_free(&reply);
}

static void a_large_body_is_sent_whole(void **fixture)
{
	struct http_request request = { .method = HTTP_POST, .body_len = 90000 };
	char *body = malloc(request.body_len);
	struct http_reply *reply;
	struct err err;

	(void)fixture;
	memset(body, 'b', request.body_len);
	request.body = body;
	request.url = url_of("/echo");
	http_send(http, &request);
	free(body); /* it was copied */
	reply = await();
	(void)err;
	assert_non_null(strstr(buf_text(&reply->body), "\n90000 bbbb"));
	assert_null(strstr(buf_text(&reply->body), "Expect"));
	http_reply_free(&reply);
}

static void a_path_with_dots_stays_as_it_is(void **fixture)
{
	struct http_reply *reply = get("/a/../echo/%2e%2e/b");

	(void)fixture;
	assert_int_equal(reply->err.kind, ERR_NONE);
	http_reply_free(&reply);
	reply = get("/b/../echo");
	assert_int_equal(reply->body.len, 0);
	http_reply_free(&reply);
}

/* ---- what it insists on ---------------------------------------------------- */

static void a_redirect_is_not_followed(void **fixture)
{
	struct http_reply *reply = get("/away?status=302");

	(void)fixture;
	assert_int_equal(reply->err.kind, ERR_NONE);
	assert_int_equal(reply->status, 302);
	assert_string_equal(reply->location, url_of("/echo"));
	assert_int_equal(served, 1);
	http_reply_free(&reply);
}

static void a_reply_up_to_the_ceiling_is_read_and_a_larger_one_fails(void **fixture)
{
	struct http_reply *reply = get("/?n=100000");

	(void)fixture;
	assert_int_equal(reply->err.kind, ERR_NONE);
	assert_int_equal(reply->body.len, MAX_BODY);
	http_reply_free(&reply);
	reply = get("/?n=100001");
	assert_int_equal(reply->err.kind, ERR_DATA);
	assert_non_null(strstr(reply->err.text, "larger than 100000 bytes"));
	http_reply_free(&reply);
	reply = get("/?n=5000000");
	assert_int_equal(reply->err.kind, ERR_DATA);
	assert_true(reply->body.len <= MAX_BODY);
	http_reply_free(&reply);
	reply = get("/?n=3");
	assert_string_equal(buf_text(&reply->body), "xxx");
	http_reply_free(&reply);
}

static void proxies_of_the_environment_are_not_asked(void **fixture)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY" };
	struct http_reply *reply;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		setenv(names[i], "http://127.0.0.1:1", 1);
	reply = get("/echo");
	assert_int_equal(reply->err.kind, ERR_NONE);
	http_reply_free(&reply);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

static void passwords_of_a_netrc_are_not_sent(void **fixture)
{
	char home[] = "/tmp/sahut-unit-XXXXXX", path[64];
	struct http_reply *reply;
	FILE *file;

	(void)fixture;
	assert_non_null(mkdtemp(home));
	snprintf(path, sizeof(path), "%s/.netrc", home);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("machine 127.0.0.1 login root password secret\n", file);
	fclose(file);
	setenv("HOME", home, 1);
	reply = get("/echo");
	assert_null(strstr(buf_text(&reply->body), "Authorization"));
	http_reply_free(&reply);
	unlink(path);
	rmdir(home);
}

static void check_url(const struct unit_row *row)
{
	struct err err = ERR_INIT;
	const char *got = http_url_allowed(row->field[0], &err) ? "yes" : "no";

	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
	if (*got == 'n') {
		assert_int_equal(err.kind, ERR_CONFIG);
		assert_null(strstr(err.text, "sesame"));
		for (const char *p = err.text; *p; p++)
			assert_false((unsigned char)*p < 0x20);
	}
}

static void only_safe_addresses_are_allowed(void **fixture)
{
	struct err err;

	(void)fixture;
	unit_table("http/urls.txt", check_url);
	assert_false(http_url_allowed("http://api.sahut.id/v1", &err));
	assert_memory_equal(err.text, "http://api.sahut.id/v1: ", 24);
	assert_false(http_url_allowed("no\nURL", &err));
	assert_string_equal(err.text, "not a URL: no\\x0aURL");
}

static void a_request_to_an_address_not_allowed_comes_back_at_once(void **fixture)
{
	struct http_request request = { .url = "http://192.0.2.1/", .tag = &served };
	struct http_reply *reply;

	(void)fixture;
	http_send(http, &request);
	reply = http_take(http);
	assert_non_null(reply);
	assert_ptr_equal(reply->tag, &served);
	assert_int_equal(reply->err.kind, ERR_CONFIG);
	assert_int_equal(reply->status, 0);
	assert_null(http_take(http));
	http_reply_free(&reply);
}

static void check_origin(const struct unit_row *row)
{
	char buf[100];

	assert_ptr_equal(http_url_origin(row->field[0], buf, sizeof(buf)), buf);
	if (strcmp(buf, row->field[1]) != 0)
		unit_differs(row, buf);
}

static void the_origin_of_a_url_holds_no_secret(void **fixture)
{
	char small[12];

	(void)fixture;
	unit_table("http/origins.txt", check_origin);
	http_url_origin("https://api.sahut.id/v1", small, sizeof(small));
	assert_string_equal(small, "https://api");
}

static void a_ca_file_that_cannot_be_read_is_said_at_once(void **fixture)
{
	struct http_conf conf = { .ca_file = "/nonexistent/ca.pem", .user_agent = "x" };
	struct err err;

	(void)fixture;
	assert_null(http_open(loop, &conf, &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "/nonexistent/ca.pem"));
}

/* ---- failures --------------------------------------------------------------- */

static void a_connection_that_breaks_makes_the_server_unavailable(void **fixture)
{
	(void)fixture;
	expect_failure("/hang", ERR_UNAVAILABLE);
	expect_failure("/cut?n=1000", ERR_UNAVAILABLE);
}

/* libcurl would send it again, since the connection was a kept one; and a POST may have been done. */
static void what_changes_something_is_sent_once_when_its_answer_is_lost(void **fixture)
{
	static const enum http_method methods[] = { HTTP_POST, HTTP_PATCH, HTTP_PUT, HTTP_DELETE };

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		struct http_reply *first = get("/echo"), *second;
		struct http_request request = { .method = methods[i], .body = "{}", .body_len = 2 };
		int before = served;
		struct err err;

		request.url = url_of("/hang");
		second = http_call(http, &request, &err);
		assert_non_null(second);
		assert_int_equal(second->err.kind, ERR_UNAVAILABLE);
		assert_int_equal(served, before + 1);
		http_reply_free(&first);
		http_reply_free(&second);
	}
}

static void a_port_where_nobody_listens_makes_it_unavailable(void **fixture)
{
	struct http_reply *reply = call_url("http://127.0.0.1:1/secret/path?q=1");

	(void)fixture;
	assert_int_equal(reply->err.kind, ERR_UNAVAILABLE);
	assert_memory_equal(reply->err.text, "http://127.0.0.1:1: ", 20);
	assert_null(strstr(reply->err.text, "secret"));
	http_reply_free(&reply);
}

static void a_name_that_does_not_exist_makes_it_unavailable(void **fixture)
{
	struct http_reply *reply = call_url("https://api.sahut.invalid./");

	(void)fixture;
	assert_int_equal(reply->err.kind, ERR_UNAVAILABLE);
	http_reply_free(&reply);
}

static void a_transfer_that_takes_too_long_is_cut_off(void **fixture)
{
	struct http_conf conf = { .user_agent = "x",
				  .max_body = MAX_BODY,
				  .connect_timeout = SOON,
				  .idle_timeout = SOON,
				  .total_timeout = 50 * MSEC,
				  .max_connections = 1 };
	struct http_request request;
	struct http_reply *reply;
	struct http *impatient;
	struct err err;

	(void)fixture;
	impatient = http_open(loop, &conf, &err);
	request = (struct http_request){ .url = url_of("/?ms=4000") };
	reply = http_call(impatient, &request, &err);
	assert_int_equal(reply->err.kind, ERR_UNAVAILABLE);
	assert_true(reply->took >= 50 * MSEC && reply->took < 2 * USEC_PER_SEC);
	http_reply_free(&reply);
	http_close(&impatient);
}

/* ---- many at a time ---------------------------------------------------------- */

static void each_reply_comes_back_with_its_own_tag(void **fixture)
{
	int tags[20];
	bool seen[20] = { false };
	char path[32];

	(void)fixture;
	for (int i = 0; i < 20; i++) {
		snprintf(path, sizeof(path), "/?n=%d&ms=%d", i + 1, i % 3);
		send_tagged(path, &tags[i]);
	}
	for (int i = 0; i < 20; i++) {
		struct http_reply *reply = await();
		int *tag = reply->tag;

		assert_int_equal(reply->body.len, tag - tags + 1);
		assert_false(seen[tag - tags]);
		seen[tag - tags] = true;
		http_reply_free(&reply);
	}
	assert_null(http_take(http));
}

static void taking_never_waits(void **fixture)
{
	int tag;

	(void)fixture;
	assert_null(http_take(http));
	send_tagged("/?ms=20", &tag);
	assert_null(http_take(http));
	http_cancel(http, &tag);
	assert_null(http_take(http));
}

static void a_call_leaves_other_replies_where_they_are(void **fixture)
{
	int tag;
	struct http_reply *reply;

	(void)fixture;
	send_tagged("/?n=1", &tag);
	reply = get("/?n=2&ms=30");
	assert_int_equal(reply->body.len, 2);
	http_reply_free(&reply);
	reply = await();
	assert_ptr_equal(reply->tag, &tag);
	assert_int_equal(reply->body.len, 1);
	http_reply_free(&reply);
}

static void a_cancelled_request_never_answers_and_others_do(void **fixture)
{
	int mine, yours;
	struct http_reply *reply;

	(void)fixture;
	send_tagged("/?n=1&ms=20", &mine);
	send_tagged("/?n=2&ms=30", &yours);
	send_tagged("/?n=3", &mine);
	while (served < 3)
		assert_int_not_equal(event_loop_turn(loop, event_loop_now() + SOON),
				     EVENT_LOOP_STOP);
	http_cancel(http, &mine);
	reply = await();
	assert_ptr_equal(reply->tag, &yours);
	assert_int_equal(reply->body.len, 2);
	http_reply_free(&reply);
	http_cancel(http, &yours);
	assert_int_equal(event_loop_until(loop, event_loop_now() + 20 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_null(http_take(http));
}

static void a_reply_not_taken_can_be_cancelled_too(void **fixture)
{
	int mine, yours;
	struct http_reply *reply;

	(void)fixture;
	send_tagged("/?n=1", &yours);
	reply = await();
	http_reply_free(&reply);
	/* Three that have finished, the middle one is forgotten; then the last of the queue. */
	for (int i = 0; i < 3; i++) {
		struct http_request bad = { .url = "http://192.0.2.1/",
					    .tag = i == 1 ? &mine : &yours };

		http_send(http, &bad);
	}
	http_cancel(http, &mine);
	http_cancel(http, &yours);
	assert_null(http_take(http));
	send_tagged("/?n=4", &mine);
	reply = await();
	assert_ptr_equal(reply->tag, &mine);
	http_reply_free(&reply);
}

static void closing_cuts_off_what_is_in_flight(void **fixture)
{
	int tag;

	(void)fixture;
	send_tagged("/?ms=3000", &tag);
	send_tagged("/?ms=3000", &tag);
	while (served < 2)
		assert_int_not_equal(event_loop_turn(loop, event_loop_now() + SOON),
				     EVENT_LOOP_STOP);
	/* end() closes; nothing may leak and nothing may be called afterwards. */
	http_close(&http);
	assert_null(http);
	assert_int_equal(event_loop_until(loop, event_loop_now() + 10 * MSEC), EVENT_LOOP_TIMEOUT);
}

static void a_call_ends_when_the_process_is_told_to(void **fixture)
{
	struct http_request request = { .url = url_of("/?ms=3000") };
	struct err err;

	(void)fixture;
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_null(http_call(http, &request, &err));
	assert_int_equal(err.kind, ERR_STOPPED);
	assert_null(http_take(http));
}

/* ---- a server that keeps to a script ------------------------------------------ */

#define CALLERS 8

/* Answers whatever it is asked with the same bytes. */
struct script {
	struct event_loop_source *listening;
	int fd, port, accepted;
	const char *text;
	bool keeps; /* the connection open */
	struct caller {
		struct script *script;
		struct event_loop_source *source;
		int fd;
		size_t n;
		char asked[4096];
	} callers[CALLERS];
};

static void hang_up(struct caller *caller)
{
	event_loop_forget(&caller->source);
	close(caller->fd);
}

static void on_asked(void *arg, unsigned events)
{
	struct caller *caller = arg;
	const char *text = caller->script->text;
	ssize_t n =
		read(caller->fd, caller->asked + caller->n, sizeof(caller->asked) - 1 - caller->n);

	(void)events;
	if (n <= 0) {
		hang_up(caller);
		return;
	}
	caller->n += (size_t)n;
	caller->asked[caller->n] = '\0';
	if (!strstr(caller->asked, "\r\n\r\n"))
		return;
	caller->n = 0;
	assert_int_equal(write(caller->fd, text, strlen(text)), strlen(text));
	if (!caller->script->keeps)
		hang_up(caller);
}

static void on_caller(void *arg, unsigned events)
{
	struct script *script = arg;
	struct caller *caller = &script->callers[script->accepted++];

	(void)events;
	caller->script = script;
	caller->fd = accept(script->fd, NULL, NULL);
	caller->source = event_loop_watch(loop, caller->fd, EVENT_LOOP_IN, on_asked, caller);
}

static void script_open(struct script *script, const char *text, bool keeps)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	socklen_t len = sizeof(to);

	*script = (struct script){ .text = text, .keeps = keeps };
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	script->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(script->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(script->fd, 10), 0);
	assert_int_equal(getsockname(script->fd, (struct sockaddr *)&to, &len), 0);
	script->port = ntohs(to.sin_port);
	script->listening = event_loop_watch(loop, script->fd, EVENT_LOOP_IN, on_caller, script);
}

static void script_close(struct script *script)
{
	for (int i = 0; i < script->accepted; i++)
		if (script->callers[i].source)
			hang_up(&script->callers[i]);
	event_loop_forget(&script->listening);
	close(script->fd);
}

static struct http_reply *ask_script(const struct script *script)
{
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", script->port);
	return call_url(url);
}

static void connections_are_used_again(void **fixture)
{
	struct script script;

	(void)fixture;
	script_open(&script, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true);
	for (int i = 0; i < 5; i++) {
		struct http_reply *reply = ask_script(&script);

		assert_string_equal(buf_text(&reply->body), "ok");
		http_reply_free(&reply);
	}
	assert_int_equal(script.accepted, 1);
	script_close(&script);
}

/* A reply as it stands on the wire, and what is made of it. */
static void check_script(const struct unit_row *row)
{
	struct script script;
	struct http_reply *reply;
	struct buf got = BUF_MAX(1000);

	script_open(&script, row->field[0], false);
	reply = ask_script(&script);
	if (reply->err.kind != ERR_NONE)
		buf_printf(&got, "! %s", err_kind_name(reply->err.kind));
	else
		buf_printf(&got, "%d %s|%s", reply->status, reply->content_type,
			   buf_text(&reply->body));
	if (strcmp(buf_text(&got), row->field[1]) != 0) {
		buf_printf(&got, " (%s)", reply->err.text);
		unit_differs(row, buf_text(&got));
	}
	buf_free(&got);
	http_reply_free(&reply);
	script_close(&script);
}

static void replies_are_taken_as_they_stand_on_the_wire(void **fixture)
{
	(void)fixture;
	unit_table("http/wire.txt", check_script);
}

static void a_reply_cut_anywhere_is_never_taken_for_a_whole_one(void **fixture)
{
	static const char whole[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	char cut[sizeof(whole)];

	(void)fixture;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		struct script script;
		struct http_reply *reply;

		snprintf(cut, sizeof(cut), "%.*s", (int)n, whole);
		script_open(&script, cut, false);
		reply = ask_script(&script);
		assert_true(reply->err.kind == ERR_UNAVAILABLE || reply->err.kind == ERR_DATA);
		assert_true(strlen(reply->err.text) > 0);
		http_reply_free(&reply);
		script_close(&script);
	}
}

static void a_server_that_falls_silent_is_given_up(void **fixture)
{
	struct http_conf conf = { .user_agent = "x",
				  .max_body = MAX_BODY,
				  .connect_timeout = SOON,
				  .idle_timeout = USEC_PER_SEC / 10,
				  .total_timeout = 4 * USEC_PER_SEC,
				  .max_connections = 1 };
	struct http_request request = { 0 };
	struct script script;
	struct http_reply *reply;
	struct http *impatient;
	struct err err;
	char url[64];

	(void)fixture;
	script_open(&script, "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\nabc", true);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", script.port);
	request.url = url;
	impatient = http_open(loop, &conf, &err);
	reply = http_call(impatient, &request, &err);
	assert_int_equal(reply->err.kind, ERR_UNAVAILABLE);
	assert_true(reply->took < 4 * USEC_PER_SEC);
	http_reply_free(&reply);
	http_close(&impatient);
	script_close(&script);
}

/* ---- what the configuration adds -------------------------------------------------- */

static struct http_conf a_conf(void)
{
	return (struct http_conf){ .user_agent = "x",
				   .max_body = MAX_BODY,
				   .connect_timeout = SOON,
				   .idle_timeout = SOON,
				   .total_timeout = SOON,
				   .max_connections = 2 };
}

/* Where the queue of those who want in is full, a connection hangs. */
static void a_machine_that_does_not_pick_up_is_given_up(void **fixture)
{
	struct http_conf conf = a_conf();
	struct http_request request = { 0 };
	struct sockaddr_in to = { .sin_family = AF_INET };
	socklen_t len = sizeof(to);
	struct http_reply *reply;
	struct http *impatient;
	struct err err;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), callers[4];
	char url[64];

	(void)fixture;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &len), 0);
	for (int i = 0; i < 4; i++) {
		callers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)!connect(callers[i], (struct sockaddr *)&to, sizeof(to));
	}
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", ntohs(to.sin_port));
	request.url = url;
	conf.connect_timeout = 100 * MSEC;
	impatient = http_open(loop, &conf, &err);
	reply = http_call(impatient, &request, &err);
	assert_int_equal(reply->err.kind, ERR_UNAVAILABLE);
	assert_true(reply->took >= 90 * MSEC && reply->took < 3 * USEC_PER_SEC);
	http_reply_free(&reply);
	http_close(&impatient);
	for (int i = 0; i < 4; i++)
		close(callers[i]);
	close(fd);
}

static void a_proxy_is_asked_for_other_machines_and_never_gets_the_key(void **fixture)
{
	struct http_request request = { .auth = "Authorization: Bearer sk_live_x" };
	struct http_conf conf = a_conf();
	struct http_reply *reply;
	struct script script;
	struct http *proxied;
	struct err err;
	char proxy[64];

	(void)fixture;
	script_open(&script, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", false);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", script.port);
	conf.proxy = proxy;
	proxied = http_open(loop, &conf, &err);
	memset(proxy, 'x', sizeof(proxy) - 1); /* it was copied */
	request.url = "https://api.sahut.invalid/v1";
	reply = http_call(proxied, &request, &err);
	assert_int_equal(reply->err.kind, ERR_UNAVAILABLE);
	assert_int_equal(script.accepted, 1);
	assert_memory_equal(script.callers[0].asked, "CONNECT api.sahut.invalid:443 HTTP/1.1", 38);
	assert_null(strstr(script.callers[0].asked, "sk_live_x"));
	http_reply_free(&reply);
	request.url = url_of("/echo");
	reply = http_call(proxied, &request, &err);
	assert_int_equal(reply->err.kind, ERR_NONE);
	assert_non_null(strstr(buf_text(&reply->body), "sk_live_x"));
	assert_int_equal(script.accepted, 1);
	http_reply_free(&reply);
	http_close(&proxied);
	script_close(&script);
}

static void certificates_are_those_of_the_ca_file(void **fixture)
{
	char name[] = "/tmp/sahut-unit-XXXXXX", url[64];
	struct http_request request = { .url = url };
	struct http_conf conf = a_conf();
	struct http_reply *reply;
	struct script script;
	struct http *own;
	struct err err;
	int fd = mkstemp(name);

	(void)fixture;
	assert_int_equal(write(fd, "no certificate\n", 15), 15);
	close(fd);
	script_open(&script, "", true);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", script.port);
	conf.ca_file = name;
	own = http_open(loop, &conf, &err);
	reply = http_call(own, &request, &err);
	assert_int_equal(reply->err.kind, ERR_CONFIG);
	assert_non_null(strstr(reply->err.text, name));
	http_reply_free(&reply);
	http_close(&own);
	script_close(&script);
	unlink(name);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_reply_is_what_the_server_said),
		TEST(a_request_is_sent_as_it_was_given),
		TEST(each_method_is_sent_with_its_body_or_without),
		TEST(nothing_is_added_that_was_not_asked_for),
		TEST(a_large_body_is_sent_whole),
		TEST(a_path_with_dots_stays_as_it_is),
		TEST(a_redirect_is_not_followed),
		TEST(a_reply_up_to_the_ceiling_is_read_and_a_larger_one_fails),
		TEST(proxies_of_the_environment_are_not_asked),
		TEST(passwords_of_a_netrc_are_not_sent),
		TEST(only_safe_addresses_are_allowed),
		TEST(a_request_to_an_address_not_allowed_comes_back_at_once),
		TEST(the_origin_of_a_url_holds_no_secret),
		TEST(a_ca_file_that_cannot_be_read_is_said_at_once),
		TEST(a_connection_that_breaks_makes_the_server_unavailable),
		TEST(what_changes_something_is_sent_once_when_its_answer_is_lost),
		TEST(a_port_where_nobody_listens_makes_it_unavailable),
		TEST(a_name_that_does_not_exist_makes_it_unavailable),
		TEST(a_transfer_that_takes_too_long_is_cut_off),
		TEST(each_reply_comes_back_with_its_own_tag),
		TEST(taking_never_waits),
		TEST(a_call_leaves_other_replies_where_they_are),
		TEST(a_cancelled_request_never_answers_and_others_do),
		TEST(a_reply_not_taken_can_be_cancelled_too),
		TEST(closing_cuts_off_what_is_in_flight),
		TEST(a_call_ends_when_the_process_is_told_to),
		TEST(connections_are_used_again),
		TEST(replies_are_taken_as_they_stand_on_the_wire),
		TEST(a_reply_cut_anywhere_is_never_taken_for_a_whole_one),
		TEST(a_machine_that_does_not_pick_up_is_given_up),
		TEST(a_proxy_is_asked_for_other_machines_and_never_gets_the_key),
		TEST(certificates_are_those_of_the_ca_file),
		TEST(a_server_that_falls_silent_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
