/* SPDX-License-Identifier: MIT */
/* A call that reads somebody who never stops talking is ended; any other one is left alone. */
#include "unit.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "busy_guard.h"

/* Two ends of a connection over loopback. */
static void connect_tcp(int pair[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(server, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &size), 0);
	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(pair[0], (struct sockaddr *)&address, size), 0);
	pair[1] = accept(server, NULL, NULL);
	assert_true(pair[1] >= 0);
	close(server);
}

/* Whose other end talks for as long as anybody listens. */
static pid_t talk_over(const int pair[2], int *fd)
{
	pid_t pid = fork();

	if (pid == 0) {
		char words[4096] = "";

		close(pair[0]);
		signal(SIGPIPE, SIG_DFL);
		while (write(pair[1], words, sizeof(words)) > 0)
			continue;
		_exit(0);
	}
	close(pair[1]);
	*fd = pair[0];
	return pid;
}

static pid_t talk(int *fd)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	return talk_over(pair, fd);
}

static pid_t talk_by_tcp(int *fd)
{
	int pair[2];

	connect_tcp(pair);
	return talk_over(pair, fd);
}

/* As a library does: until nothing more is there. */
static void listen_to(int fd)
{
	char words[64];

	while (recv(fd, words, sizeof(words), 0) > 0)
		continue;
}

/* Over TCP one that waits for room learns only after a while that nobody listens any more. */
static void end(pid_t pid, int fd)
{
	int status;

	close(fd);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void who_does_not_stop_is_cut(void **fixture)
{
	int fd;
	pid_t pid = talk(&fd);

	(void)fixture;
	busy_guard_begin(fd);
	listen_to(fd);
	assert_true(busy_guard_end());
	end(pid, fd);
}

static void of_those_that_are_watched_who_does_not_stop_is_cut(void **fixture)
{
	int fd, other, silent[2];
	pid_t pid = talk(&fd), forgotten = talk(&other);
	char word;

	(void)fixture;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, silent), 0);
	busy_guard_watch(silent[0]);
	busy_guard_watch(other);
	busy_guard_watch(fd);
	busy_guard_forget(other);
	busy_guard_begin(-1);
	listen_to(fd);
	assert_true(busy_guard_end());
	busy_guard_forget(fd);
	busy_guard_forget(silent[0]);
	/* The others can still be heard. */
	assert_int_equal(recv(other, &word, 1, 0), 1);
	assert_int_equal(write(silent[1], "x", 1), 1);
	assert_int_equal(recv(silent[0], &word, 1, 0), 1);
	close(silent[0]);
	close(silent[1]);
	end(pid, fd);
	end(forgotten, other);
}

static void a_call_that_ends_is_left_alone(void **fixture)
{
	int fd;
	pid_t pid = talk(&fd);
	char words[64];

	(void)fixture;
	for (int i = 0; i < 1000; i++) {
		busy_guard_begin(fd);
		assert_true(recv(fd, words, sizeof(words), 0) > 0);
		assert_false(busy_guard_end());
	}
	end(pid, fd);
}

/* Nobody else is, though something of its lies unread. */
static void the_one_that_is_read_is_cut(void **fixture)
{
	int fd, quiet[2];
	pid_t pid = talk_by_tcp(&fd);
	char word;

	(void)fixture;
	connect_tcp(quiet);
	assert_int_equal(write(quiet[1], "x", 1), 1);
	busy_guard_watch(quiet[0]);
	busy_guard_watch(fd);
	busy_guard_begin(-1);
	listen_to(fd);
	assert_true(busy_guard_end());
	busy_guard_forget(fd);
	busy_guard_forget(quiet[0]);
	assert_int_equal(recv(quiet[0], &word, 1, 0), 1);
	assert_int_equal(write(quiet[1], "y", 1), 1);
	assert_int_equal(recv(quiet[0], &word, 1, 0), 1);
	close(quiet[0]);
	close(quiet[1]);
	end(pid, fd);
}

/* Reads for a few milliseconds of processor time. Whether it was cut. */
static bool read_a_little(int fd, int by)
{
	const clock_t until = clock() + CLOCKS_PER_SEC / 200;
	char words[64];

	busy_guard_begin(by);
	while (clock() < until && recv(fd, words, sizeof(words), 0) > 0)
		continue;
	return busy_guard_end();
}

/* Whether they are calls that read it, or any. */
static void many_calls_are_no_better(bool any)
{
	int fd, calls = 0;
	pid_t pid = talk_by_tcp(&fd);

	busy_guard_watch(fd);
	while (!read_a_little(fd, any ? -1 : fd))
		assert_true(++calls < 1000);
	assert_true(calls > 10);
	busy_guard_forget(fd);
	end(pid, fd);
}

static void who_does_not_stop_in_many_calls_is_cut(void **fixture)
{
	(void)fixture;
	many_calls_are_no_better(false);
	many_calls_are_no_better(true);
}

static void who_says_something_is_left_alone(void **fixture)
{
	int fd;
	pid_t pid = talk_by_tcp(&fd);

	(void)fixture;
	busy_guard_watch(fd);
	for (int i = 0; i < 200; i++) {
		assert_false(read_a_little(fd, fd));
		busy_guard_credit(i % 2 ? 1000000 : 0, i % 2 ? 0 : 100);
	}
	busy_guard_forget(fd);
	end(pid, fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_does_not_stop_is_cut),
		cmocka_unit_test(of_those_that_are_watched_who_does_not_stop_is_cut),
		cmocka_unit_test(the_one_that_is_read_is_cut),
		cmocka_unit_test(a_call_that_ends_is_left_alone),
		cmocka_unit_test(who_does_not_stop_in_many_calls_is_cut),
		cmocka_unit_test(who_says_something_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
