/* SPDX-License-Identifier: MIT */
/*
 * longest_step.c -- for LD_PRELOAD: how long the process works between two waits.
 *
 * A step is from the end of one epoll_wait() to the beginning of the next one, in processor time of its
 * thread, so that a machine with other work gives the same. The file LONGEST_STEP holds the longest one
 * so far, in microseconds; where it has been emptied, they are counted anew.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long began = -1, longest;
static int file = -1;

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void step_ends(void)
{
	long took = began < 0 ? 0 : now() - began;
	struct stat st;
	char text[32];

	if (file < 0 && getenv("LONGEST_STEP"))
		file = open(getenv("LONGEST_STEP"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return;
	if (fstat(file, &st) == 0 && st.st_size == 0)
		longest = -1;
	if (took <= longest)
		return;
	longest = took;
	if (pwrite(file, text, (size_t)snprintf(text, sizeof(text), "%12ld\n", took), 0) < 0)
		abort();
}

int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
	int (*real)(int, struct epoll_event *, int, int) = dlsym(RTLD_NEXT, "epoll_wait");
	int came;

	step_ends();
	came = real(fd, events, n, timeout);
	began = now();
	return came;
}

/* As newer ones of libsystemd wait. */
int epoll_pwait2(int fd, struct epoll_event *events, int n, const struct timespec *timeout,
		 const sigset_t *mask)
{
	int (*real)(int, struct epoll_event *, int, const struct timespec *, const sigset_t *) =
		dlsym(RTLD_NEXT, "epoll_pwait2");
	int came;

	step_ends();
	came = real(fd, events, n, timeout, mask);
	began = now();
	return came;
}
