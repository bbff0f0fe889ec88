/* SPDX-License-Identifier: MIT */
/* The listener is where the configuration has it, nowhere else, and knows nobody that no worker is for. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "webhook_listener.h"

static struct app app;
static struct workers workers;
static struct webhook_listener listener;
static struct workspace_conf confs[2];
static const struct workspace_conf *list[] = { &confs[0], &confs[1] };

/* A port that is free, and perhaps still is when it is wanted. */
static int free_port(char listen[64], int *keep)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &n), 0);
	snprintf(listen, 64, "127.0.0.1:%d", ntohs(address.sin_port));
	if (keep)
		*keep = fd;
	else
		close(fd);
	return ntohs(address.sin_port);
}

static int begin(void **fixture)
{
	struct err err;

	(void)fixture;
	app = (struct app){ .loop = event_loop_open(false, &err), .workspaces = list };
	workers = (struct workers){ .n = 0 };
	listener = (struct webhook_listener){ .app = &app, .workers = &workers };
	confs[0] = (struct workspace_conf){ .name = "utama" };
	confs[1] = (struct workspace_conf){ .name = "dua" };
	app.n_workspaces = 2;
	return app.loop ? 0 : 1;
}

static int end(void **fixture)
{
	(void)fixture;
	webhook_listener_close(&listener);
	event_loop_close(&app.loop);
	return 0;
}

/* The first line of the answer to REQUEST. */
static void ask(int port, const char *request, char answer[256])
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n = -1;

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	answer[0] = '\0';
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(write(fd, request, strlen(request)), (ssize_t)strlen(request));
	for (int i = 0; i < 200 && n <= 0; i++) {
		(void)!event_loop_turn(app.loop, event_loop_now() + 20 * USEC_PER_MSEC);
		n = recv(fd, answer, 255, MSG_DONTWAIT);
	}
	close(fd);
	assert_true(n > 0);
	answer[n] = '\0';
}

static void it_listens_where_it_is_wanted_and_stops_where_it_is_not(void **fixture)
{
	char first[64], second[64];
	struct err err = ERR_INIT;

	(void)fixture;
	assert_true(webhook_listener_open(&listener, &err));
	assert_int_equal(listener.n, 0);
	free_port(first, NULL);
	free_port(second, NULL);
	confs[0].webhook.listen = confs[1].webhook.listen = first;
	assert_true(webhook_listener_open(&listener, &err));
	assert_int_equal(listener.n, 1);
	confs[1].webhook.listen = second;
	assert_true(webhook_listener_open(&listener, &err));
	assert_int_equal(listener.n, 2);
	confs[0].webhook.listen = NULL;
	assert_true(webhook_listener_open(&listener, &err));
	assert_int_equal(listener.n, 1);
}

static void an_address_that_is_taken_keeps_no_other_from_being_heard(void **fixture)
{
	char taken[64], other[64];
	struct err err = ERR_INIT;
	int fd = -1;

	(void)fixture;
	free_port(taken, &fd);
	assert_int_equal(listen(fd, 1), 0);
	free_port(other, NULL);
	confs[0].webhook.listen = taken;
	confs[1].webhook.listen = other;
	assert_false(webhook_listener_open(&listener, &err));
	assert_non_null(strstr(err.text, "webhook.listen"));
	assert_int_equal(listener.n, 1);
	close(fd);
	assert_true(webhook_listener_open(&listener, &err));
	assert_int_equal(listener.n, 2);
}

static void nobody_is_there_whom_no_worker_serves(void **fixture)
{
	char place[64], answer[256];
	struct err err = ERR_INIT;
	int port = free_port(place, NULL);

	(void)fixture;
	confs[0].webhook.listen = place;
	assert_true(webhook_listener_open(&listener, &err));
	ask(port, "POST /webhook/utama HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", answer);
	assert_non_null(strstr(answer, " 404 "));
	ask(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", answer);
	assert_non_null(strstr(answer, " 404 "));
}

static void a_path_is_written_as_a_url_has_it(void **fixture)
{
	struct buf out = BUF_MAX(256);

	(void)fixture;
	webhook_listener_path("utama", &out);
	assert_string_equal(buf_text(&out), "/webhook/utama");
	buf_reset(&out);
	webhook_listener_path("toko a/b", &out);
	assert_string_equal(buf_text(&out), "/webhook/toko%20a%2Fb");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			it_listens_where_it_is_wanted_and_stops_where_it_is_not, begin, end),
		cmocka_unit_test_setup_teardown(
			an_address_that_is_taken_keeps_no_other_from_being_heard, begin, end),
		cmocka_unit_test_setup_teardown(nobody_is_there_whom_no_worker_serves, begin, end),
		cmocka_unit_test_setup_teardown(a_path_is_written_as_a_url_has_it, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
