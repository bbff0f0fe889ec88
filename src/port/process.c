/* SPDX-License-Identifier: MIT */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"

#define MOST_ARGUMENTS 64

/* Between its last word and its end. */
#define LOOK (5 * USEC_PER_MSEC)

extern char **environ;

struct reading {
	int fd;
	struct buf *out;
	bool over;
};

static void on_output(void *arg, unsigned events)
{
	struct reading *reading = arg;
	char chunk[1024];
	ssize_t n = read(reading->fd, chunk, sizeof(chunk));

	(void)events;
	if (n > 0)
		buf_add(reading->out, chunk, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		reading->over = true;
	explicit_bzero(chunk, sizeof(chunk));
}

/* Starts it with FD as its output. An errno, or 0. */
static int spawn(char **argv, int fd, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, ours;
	int why;

	sigemptyset(&none);
	sigemptyset(&ours);
	sigaddset(&ours, SIGPIPE);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, fd, STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &ours);
	why = posix_spawn(pid, argv[0], &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return why;
}

/* Waits until it has ended. False when it had to be ended, with its group. */
static bool await(struct event_loop *loop, struct reading *reading, pid_t pid, int64_t deadline,
		  int *status)
{
	struct event_loop_source *source =
		event_loop_watch(loop, reading->fd, EVENT_LOOP_IN, on_output, reading);
	enum event_loop_why why = EVENT_LOOP_READY;
	pid_t ended = 0;

	while (!reading->over && why == EVENT_LOOP_READY)
		why = event_loop_turn(loop, deadline);
	event_loop_forget(&source);
	while (why == EVENT_LOOP_READY && (ended = waitpid(pid, status, WNOHANG)) == 0) {
		if (event_loop_until(loop, event_loop_now() + LOOK) == EVENT_LOOP_STOP ||
		    event_loop_now() > deadline)
			break;
	}
	if (ended == pid)
		return true;
	kill(-pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		continue;
	return false;
}

static bool run(struct event_loop *loop, char **argv, int64_t patience, struct buf *out,
		struct err *err)
{
	struct reading reading = { .out = out };
	int fds[2], why, status = 0;
	bool ended;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_set(err, ERR_SYSTEM, "%s: %s", argv[0], strerror(errno));
	fcntl(fds[1], F_SETFL, 0);
	why = spawn(argv, fds[1], &pid);
	close(fds[1]);
	if (why != 0) {
		close(fds[0]);
		return err_set(err, ERR_CONFIG, "%s: %s", argv[0], strerror(why));
	}
	reading.fd = fds[0];
	ended = await(loop, &reading, pid, event_loop_now() + patience, &status);
	close(fds[0]);
	if (!ended && event_loop_stopping(loop))
		return err_set(err, ERR_STOPPED, "told to stop");
	if (!ended)
		return err_set(err, ERR_UNAVAILABLE, "%s does not end within %d s", argv[0],
			       (int)(patience / USEC_PER_SEC));
	if (WIFSIGNALED(status))
		return err_set(err, ERR_UNAVAILABLE, "%s was ended by signal %d", argv[0],
			       WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, ERR_UNAVAILABLE, "%s ended with %d", argv[0],
			       WEXITSTATUS(status));
	return !out->full || err_set(err, ERR_UNAVAILABLE, "%s prints too much", argv[0]);
}

bool process_read(struct event_loop *loop, const char *command, int64_t patience, struct buf *out,
		  struct err *err)
{
	CLEANUP(mem_free) char *text = mem_text(command, strlen(command));
	char *argv[MOST_ARGUMENTS + 1], *rest = text;
	size_t n = 0;

	for (char *word; (word = strtok_r(NULL, " \t", &rest)) && n < MOST_ARGUMENTS;)
		argv[n++] = word;
	argv[n] = NULL;
	if (n == 0 || argv[0][0] != '/')
		return err_set(err, ERR_CONFIG,
			       "\"%s\" does not begin with the whole path of a program", command);
	return run(loop, argv, patience, out, err);
}
