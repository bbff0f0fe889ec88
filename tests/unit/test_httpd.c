/* SPDX-License-Identifier: MIT */
/* A small server, spoken to byte by byte. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "httpd.h"
#include "time_format.h"

#define MSEC USEC_PER_MSEC
#define SOON (5 * USEC_PER_SEC)

static struct event_loop *loop;
static struct httpd *httpd;
static int served;

static long number(const struct httpd_request *request, const char *name)
{
	const char *text = httpd_query(request, name);

	return text ? strtol(text, NULL, 10) : 0;
}

static void show(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s=%s\n", name, value ? value : "(null)");
}

/* What the request was, a line each. */
static void echo(const struct httpd_request *request, struct buf *out)
{
	show(out, "method", request->method);
	show(out, "path", request->path);
	show(out, "a", httpd_query(request, "a"));
	show(out, "b", httpd_query(request, "b"));
	show(out, "X-Test", httpd_request_header(request, "X-Test"));
	buf_printf(out, "body %zu ", request->body_len);
	buf_add(out, request->body, request->body_len);
}

static void serve(void *arg, const struct httpd_request *request, struct httpd_answer *answer)
{
	assert_ptr_equal(arg, &served);
	served++;
	if (number(request, "status"))
		answer->status = (int)number(request, "status");
	answer->delay = number(request, "ms") * MSEC;
	answer->cut_after = (size_t)number(request, "cut");
	answer->hang_up = number(request, "hang") != 0;
	answer->no_date = number(request, "no_date") != 0;
	for (long i = number(request, "headers"); i > 0; i--)
		httpd_header(answer, "X-N", "%ld", i);
	if (strcmp(request->path, "/dated") == 0)
		httpd_header(answer, "Date", "%s", "Fri, 15 Mar 2024 08:30:00 GMT");
	if (strcmp(request->path, "/typed") == 0)
		answer->content_type = "text/plain";
	if (strcmp(request->path, "/typed-by-header") == 0)
		httpd_header(answer, "Content-Type", "text/html");
	if (strcmp(request->path, "/empty") == 0)
		return;
	if (strcmp(request->path, "/bytes") == 0) {
		size_t n = (size_t)number(request, "n");

		memset(buf_extend(&answer->body, n), 'x', n);
	} else if (strcmp(request->path, "/too-large") == 0) {
		(void)!buf_extend(&answer->body, HTTPD_MOST_ANSWERED + 1);
	} else {
		echo(request, &answer->body);
	}
}

static int begin(void **fixture)
{
	struct httpd_conf conf = { .host = "127.0.0.1", .serve = serve, .arg = &served };
	struct err err;

	(void)fixture;
	served = 0;
	loop = event_loop_open(false, &err);
	httpd = loop ? httpd_open(loop, &conf, &err) : NULL;
	return httpd ? 0 : 1;
}

static int end(void **fixture)
{
	(void)fixture;
	httpd_close(&httpd);
	event_loop_close(&loop);
	return httpd || loop ? 1 : 0;
}

/* ---- a client ----------------------------------------------------------- */

/* Somebody who talks to the server, and what was heard. */
struct client {
	struct event_loop_source *source;
	int fd;
	bool over; /* the server hung up */
	struct buf heard;
};

static void on_heard(void *arg, unsigned events)
{
	struct client *client = arg;
	char text[65536];
	ssize_t n = recv(client->fd, text, sizeof(text), MSG_DONTWAIT);

	(void)events;
	if (n > 0)
		buf_add(&client->heard, text, (size_t)n);
	else if (n == 0 || errno != EAGAIN)
		client->over = true;
	if (client->over)
		event_loop_watch_for(client->source, 0);
}

static void dial(struct client *client)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)httpd_port(httpd)) };

	*client = (struct client){ .heard = BUF_MAX(64 << 20) };
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	client->source = event_loop_watch(loop, client->fd, EVENT_LOOP_IN, on_heard, client);
}

/* Says N bytes, listening while they do not fit. */
static void say(struct client *client, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(client->fd, text, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			text += sent;
			n -= (size_t)sent;
		} else {
			assert_int_equal(errno, EAGAIN);
			assert_int_not_equal(event_loop_turn(loop, event_loop_now() + 5 * MSEC),
					     EVENT_LOOP_STOP);
		}
	}
}

static void hang_up(struct client *client)
{
	event_loop_forget(&client->source);
	close(client->fd);
	buf_free(&client->heard);
}

static void serve_loop(void)
{
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
}

/* Until TEXT was heard. */
static void hear(const struct client *client, const char *text)
{
	while (!strstr(buf_text(&client->heard), text)) {
		assert_false(client->over);
		serve_loop();
	}
}

static void hear_the_end(const struct client *client)
{
	while (!client->over)
		serve_loop();
}

static char *last_answer;

static int forget_answer(void **fixture)
{
	(void)fixture;
	free(last_answer);
	last_answer = NULL;
	return 0;
}

/* One request on a connection of its own; what comes back lives until the next call. */
static const char *ask(const char *method, const char *target, const char *rest)
{
	struct client client;
	struct buf text = BUF_MAX(1 << 20);

	dial(&client);
	buf_printf(&text, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s", method, target,
		   rest);
	say(&client, buf_text(&text), text.len);
	hear_the_end(&client);
	free(last_answer);
	last_answer = strdup(buf_text(&client.heard));
	hang_up(&client);
	buf_free(&text);
	return last_answer;
}

static const char *get(const char *target)
{
	return ask("GET", target, "\r\n");
}

static const char *body_of(const char *answer)
{
	const char *end = strstr(answer, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

static int count(const char *text, const char *what)
{
	int n = 0;

	for (const char *p = strstr(text, what); p; p = strstr(p + 1, what))
		n++;
	return n;
}

/* ---- requests ------------------------------------------------------------ */

static void a_request_arrives_whole(void **fixture)
{
	const char *answer = ask("PATCH", "/v1/a%20b?a=1&b=x%26y",
				 "X-Test: hi\r\nContent-Length: 5\r\n\r\nhello");

	(void)fixture;
	assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
	assert_string_equal(body_of(answer),
			    "method=PATCH\npath=/v1/a b\na=1\nb=x&y\nX-Test=hi\nbody 5 hello");
}

static void a_request_without_a_body_has_an_empty_one(void **fixture)
{
	(void)fixture;
	assert_string_equal(body_of(get("/x")),
			    "method=GET\npath=/x\na=(null)\nb=(null)\nX-Test=(null)\nbody 0 ");
}

static void check_query(const struct unit_row *row)
{
	const char *body, *a;
	char got[256], target[512];

	snprintf(target, sizeof(target), "/%s", row->field[0]);
	body = body_of(get(target));
	a = strstr(body, "\na=");
	assert_non_null(a);
	snprintf(got, sizeof(got), "%.*s", (int)strcspn(a + 3, "\n"), a + 3);
	if (strcmp(got, row->field[1]) != 0)
		unit_differs(row, got);
}

static void a_parameter_is_decoded_and_the_first_counts(void **fixture)
{
	(void)fixture;
	unit_table("httpd/queries.txt", check_query);
}

static void headers_are_found_whatever_their_case(void **fixture)
{
	(void)fixture;
	assert_non_null(strstr(ask("GET", "/", "x-tEST: yes\r\n\r\n"), "X-Test=yes\n"));
}

static void a_body_in_pieces_is_put_together(void **fixture)
{
	struct client client;
	const char *text = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789";

	(void)fixture;
	dial(&client);
	for (const char *p = text; *p; p++) {
		assert_int_equal(served, 0);
		say(&client, p, 1);
		assert_int_not_equal(event_loop_turn(loop, event_loop_now()), EVENT_LOOP_STOP);
	}
	hear(&client, "body 10 0123456789");
	assert_int_equal(served, 1);
	hang_up(&client);
}

static void a_body_may_come_in_chunks(void **fixture)
{
	(void)fixture;
	assert_non_null(strstr(ask("POST", "/",
				   "Transfer-Encoding: chunked\r\n\r\n"
				   "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
			       "body 5 abcde"));
}

/* Sends a body of N bytes. */
static const char *post(size_t n)
{
	struct buf text = BUF_MAX(4 << 20);
	static char status[64];
	struct client client;

	buf_printf(&text,
		   "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		   "Content-Length: %zu\r\n\r\n",
		   n);
	memset(buf_extend(&text, n), 'b', n);
	dial(&client);
	say(&client, buf_text(&text), text.len);
	hear_the_end(&client);
	snprintf(status, sizeof(status), "%.12s", buf_text(&client.heard));
	hang_up(&client);
	buf_free(&text);
	return status;
}

static void a_body_that_is_too_large_is_refused_and_never_served(void **fixture)
{
	(void)fixture;
	assert_string_equal(post(HTTPD_MOST_ASKED), "HTTP/1.1 200");
	assert_int_equal(served, 1);
	assert_string_equal(post(HTTPD_MOST_ASKED + 1), "HTTP/1.1 413");
	assert_string_equal(post(3 << 20), "HTTP/1.1 413");
	assert_int_equal(served, 1);
}

static void what_is_no_request_is_answered_and_does_no_harm(void **fixture)
{
	static const char *const texts[] = {
		"\r\n\r\n\r\n",
		"GET\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00",
		"GET / HTTP/1.1\r\n\x01: x\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	};

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct client client;

		dial(&client);
		say(&client, texts[i], strlen(texts[i]));
		for (int j = 0; j < 10; j++)
			assert_int_not_equal(event_loop_turn(loop, event_loop_now() + MSEC),
					     EVENT_LOOP_STOP);
		hang_up(&client);
	}
	assert_memory_equal(get("/x"), "HTTP/1.1 200", 12);
}

/* ---- answers -------------------------------------------------------------- */

static void an_answer_begins_as_an_empty_200_of_json(void **fixture)
{
	const char *answer = get("/empty");

	(void)fixture;
	assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
	assert_non_null(strstr(answer, "Content-Type: application/json\r\n"));
	assert_string_equal(body_of(answer), "");
}

static void status_type_and_headers_are_those_that_were_given(void **fixture)
{
	const char *answer = get("/typed?status=429&headers=2");

	(void)fixture;
	assert_memory_equal(answer, "HTTP/1.1 429 ", 13);
	assert_non_null(strstr(answer, "\r\nX-N: 1\r\n"));
	assert_non_null(strstr(answer, "\r\nX-N: 2\r\n"));
	assert_non_null(strstr(answer, "\r\nContent-Type: text/plain\r\n"));
	answer = get("/typed-by-header");
	assert_non_null(strstr(answer, "\r\nContent-Type: text/html\r\n"));
	assert_int_equal(count(answer, "Content-Type:"), 1);
}

static void a_header_too_many_is_left_out(void **fixture)
{
	(void)fixture;
	assert_int_equal(count(get("/empty?headers=20"), "\r\nX-N: "), HTTPD_MOST_HEADERS);
}

static void a_header_too_long_is_cut(void **fixture)
{
	struct httpd_answer answer = { .n_headers = 0 };

	(void)fixture;
	httpd_header(&answer, "X-Long", "%0*d", 5000, 7);
	assert_int_equal(answer.n_headers, 1);
	assert_int_equal(strlen(answer.headers[0].value), sizeof(answer.headers[0].value) - 1);
}

static void the_date_is_the_real_one_unless_told_otherwise(void **fixture)
{
	const char *answer = get("/empty"), *date = strstr(answer, "\r\nDate: ");
	char text[TIME_FORMAT_SIZE];
	int64_t t;

	(void)fixture;
	assert_non_null(date);
	snprintf(text, sizeof(text), "%.29s", date + 8);
	assert_true(http_date(text, &t));
	assert_true(t > INT64_C(1700000000) * USEC_PER_SEC);
	assert_int_equal(count(answer, "\r\nDate: "), 1);
	answer = get("/dated");
	assert_int_equal(count(answer, "\r\nDate: "), 1);
	assert_non_null(strstr(answer, "\r\nDate: Fri, 15 Mar 2024 08:30:00 GMT\r\n"));
	assert_int_equal(count(get("/empty?no_date=1"), "\r\nDate: "), 0);
}

static void a_large_answer_is_sent_whole(void **fixture)
{
	(void)fixture;
	assert_int_equal(strlen(body_of(get("/bytes?n=3000000"))), 3000000);
}

static void an_answer_that_came_back_too_large_is_a_500(void **fixture)
{
	const char *answer = get("/too-large");

	(void)fixture;
	assert_memory_equal(answer, "HTTP/1.1 500 ", 13);
	assert_string_equal(body_of(answer), "");
}

static void connections_are_kept_and_answers_come_in_order(void **fixture)
{
	static const char two[] = "GET /bytes?n=3 HTTP/1.1\r\nHost: x\r\n\r\n"
				  "GET /bytes?n=5&status=201 HTTP/1.1\r\nHost: x\r\n\r\n";
	struct client client;
	const char *first, *second;

	(void)fixture;
	dial(&client);
	for (int i = 0; i < 3; i++) {
		buf_reset(&client.heard);
		say(&client, two, strlen(two));
		hear(&client, "xxxxx");
		first = strstr(buf_text(&client.heard), "HTTP/1.1 200");
		second = strstr(buf_text(&client.heard), "HTTP/1.1 201");
		assert_true(first && second && first < second);
	}
	assert_int_equal(served, 6);
	assert_false(client.over);
	hang_up(&client);
}

/* ---- what a healthy server does not do ------------------------------------- */

static void a_delayed_answer_comes_late_and_others_do_not_wait_for_it(void **fixture)
{
	struct client slow, quick;
	int64_t began = event_loop_now();

	(void)fixture;
	dial(&slow);
	dial(&quick);
	say(&slow, "GET /bytes?n=9&ms=60 HTTP/1.1\r\nHost: x\r\n\r\n", 42);
	while (served == 0)
		serve_loop();
	say(&quick, "GET /bytes?n=4 HTTP/1.1\r\nHost: x\r\n\r\n", 36);
	hear(&quick, "xxxx");
	assert_int_equal(slow.heard.len, 0);
	hear(&slow, "xxxxxxxxx");
	assert_true(event_loop_now() - began >= 60 * MSEC);
	hang_up(&slow);
	hang_up(&quick);
}

static void delayed_answers_leave_in_the_order_of_their_times(void **fixture)
{
	static const char *const targets[] = {
		"GET /bytes?n=1&ms=500 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /bytes?n=1&ms=100 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /bytes?n=1&ms=300 HTTP/1.1\r\nHost: x\r\n\r\n"
	};
	struct client clients[3];

	(void)fixture;
	for (int i = 0; i < 3; i++) {
		dial(&clients[i]);
		say(&clients[i], targets[i], strlen(targets[i]));
	}
	hear(&clients[1], "\r\n\r\nx");
	assert_int_equal(clients[2].heard.len, 0);
	hear(&clients[2], "\r\n\r\nx");
	assert_int_equal(clients[0].heard.len, 0);
	hear(&clients[0], "\r\n\r\nx");
	for (int i = 0; i < 3; i++)
		hang_up(&clients[i]);
}

static void hanging_up_answers_nothing(void **fixture)
{
	(void)fixture;
	assert_string_equal(get("/bytes?n=5&hang=1"), "");
	assert_string_equal(get("/bytes?n=5&hang=1&ms=20"), "");
	assert_int_equal(served, 2);
}

static void a_cut_answer_ends_in_the_middle_of_its_body(void **fixture)
{
	const char *answer = get("/bytes?n=100000&cut=70000");

	(void)fixture;
	assert_non_null(strstr(answer, "Content-Length: 100000\r\n"));
	assert_int_equal(strlen(body_of(answer)), 70000);
	answer = get("/bytes?n=10&cut=10");
	assert_int_equal(strlen(body_of(answer)), 10);
	answer = get("/bytes?n=10&cut=11");
	assert_int_equal(strlen(body_of(answer)), 10);
}

static void who_hangs_up_while_an_answer_is_delayed_does_no_harm(void **fixture)
{
	struct client client;

	(void)fixture;
	dial(&client);
	say(&client, "GET /bytes?n=9&ms=30 HTTP/1.1\r\nHost: x\r\n\r\n", 42);
	while (served == 0)
		serve_loop();
	hang_up(&client);
	assert_int_equal(event_loop_until(loop, event_loop_now() + 50 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_memory_equal(get("/x"), "HTTP/1.1 200", 12);
}

/* ---- beginning and end ------------------------------------------------------ */

static void closing_cuts_off_connections_busy_idle_and_delayed(void **fixture)
{
	struct client idle, delayed, busy;

	(void)fixture;
	dial(&idle);
	dial(&delayed);
	dial(&busy);
	say(&delayed, "GET /bytes?n=9&ms=4000 HTTP/1.1\r\nHost: x\r\n\r\n", 44);
	say(&busy, "GET /bytes?n=9000000 HTTP/1.1\r\nHost: x\r\n\r\n", 42);
	while (served < 2)
		serve_loop();
	httpd_close(&httpd);
	assert_null(httpd);
	hear_the_end(&idle);
	hear_the_end(&delayed);
	hear_the_end(&busy);
	assert_int_equal(idle.heard.len, 0);
	hang_up(&idle);
	hang_up(&delayed);
	hang_up(&busy);
}

static void a_port_that_is_taken_is_said(void **fixture)
{
	struct httpd_conf conf = { .host = "127.0.0.1", .serve = serve };
	struct err err;

	(void)fixture;
	conf.port = httpd_port(httpd);
	assert_true(conf.port > 0);
	assert_null(httpd_open(loop, &conf, &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void what_is_no_address_is_said(void **fixture)
{
	static const struct {
		const char *host;
		int port;
		enum err_kind kind;
	} cases[] = {
		{ "localhost", 0, ERR_CONFIG },	 { "", 0, ERR_CONFIG },
		{ "127.0.0.1", -1, ERR_CONFIG }, { "127.0.0.1", 65536, ERR_CONFIG },
		{ "300.0.0.1", 0, ERR_CONFIG },	 { "192.0.2.1", 0, ERR_SYSTEM },
	};
	struct err err;

	(void)fixture;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct httpd_conf conf = { .host = cases[i].host,
					   .port = cases[i].port,
					   .serve = serve };

		assert_null(httpd_open(loop, &conf, &err));
		assert_int_equal(err.kind, cases[i].kind);
	}
}

static void while_nobody_asks_nothing_wakes_up(void **fixture)
{
	struct client client;

	(void)fixture;
	dial(&client);
	say(&client, "GET /bytes?n=4 HTTP/1.1\r\nHost: x\r\n\r\n", 36);
	hear(&client, "xxxx");
	while (event_loop_turn(loop, event_loop_now() + 5 * MSEC) == EVENT_LOOP_READY)
		;
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 50 * MSEC), EVENT_LOOP_TIMEOUT);
	hang_up(&client);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_arrives_whole),
		TEST(a_request_without_a_body_has_an_empty_one),
		TEST(a_parameter_is_decoded_and_the_first_counts),
		TEST(headers_are_found_whatever_their_case),
		TEST(a_body_in_pieces_is_put_together),
		TEST(a_body_may_come_in_chunks),
		TEST(a_body_that_is_too_large_is_refused_and_never_served),
		TEST(what_is_no_request_is_answered_and_does_no_harm),
		TEST(an_answer_begins_as_an_empty_200_of_json),
		TEST(status_type_and_headers_are_those_that_were_given),
		TEST(a_header_too_many_is_left_out),
		TEST(a_header_too_long_is_cut),
		TEST(the_date_is_the_real_one_unless_told_otherwise),
		TEST(a_large_answer_is_sent_whole),
		TEST(an_answer_that_came_back_too_large_is_a_500),
		TEST(connections_are_kept_and_answers_come_in_order),
		TEST(a_delayed_answer_comes_late_and_others_do_not_wait_for_it),
		TEST(delayed_answers_leave_in_the_order_of_their_times),
		TEST(hanging_up_answers_nothing),
		TEST(a_cut_answer_ends_in_the_middle_of_its_body),
		TEST(who_hangs_up_while_an_answer_is_delayed_does_no_harm),
		TEST(closing_cuts_off_connections_busy_idle_and_delayed),
		TEST(a_port_that_is_taken_is_said),
		TEST(what_is_no_address_is_said),
		TEST(while_nobody_asks_nothing_wakes_up),
	};

	return cmocka_run_group_tests(tests, NULL, forget_answer);
}
