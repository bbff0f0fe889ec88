/* SPDX-License-Identifier: MIT */
/* A call that reads somebody who never stops talking is ended; any other one is left alone. */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "busy_guard.h"

/* A connection whose other end talks for as long as anybody listens. */
static pid_t talk(int *fd)
{
	int pair[2];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
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

/* As a library does: until nothing more is there. */
static void listen_to(int fd)
{
	char words[64];

	while (recv(fd, words, sizeof(words), 0) > 0)
		continue;
}

static void end(pid_t pid, int fd)
{
	int status;

	close(fd);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_does_not_stop_is_cut),
		cmocka_unit_test(of_those_that_are_watched_who_does_not_stop_is_cut),
		cmocka_unit_test(a_call_that_ends_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
