/* SPDX-License-Identifier: MIT */
#include "busy_guard.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#include "tcp.h"

/* Processor time that a call may take. */
#define MOST_NSEC 100000000

#define MOST_WATCHED 256

/* The handler of the signal reads these. */
static volatile sig_atomic_t busy_with, cut;
static volatile sig_atomic_t watched[MOST_WATCHED]; /* a descriptor + 1; 0: free */

static timer_t timer;
static bool is_ready;

static void cut_waiting(void)
{
	for (int i = 0; i < MOST_WATCHED; i++)
		if (watched[i] > 0 && tcp_bytes_waiting(watched[i] - 1) > 0)
			shutdown(watched[i] - 1, SHUT_RDWR);
}

/* In the middle of the call. */
static void on_alarm(int sig)
{
	int why = errno;

	(void)sig;
	cut = 1;
	if (busy_with >= 0)
		shutdown(busy_with, SHUT_RDWR);
	else
		cut_waiting();
	errno = why;
}

/* Without a timer, which only a system without memory refuses, nothing is guarded. */
static bool prepare(void)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGVTALRM };

	if (!is_ready)
		is_ready = sigaction(SIGVTALRM, &action, NULL) == 0 &&
			   timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0;
	return is_ready;
}

static void set(long nsec)
{
	const struct itimerspec when = { .it_value = { .tv_nsec = nsec },
					 .it_interval = { .tv_nsec = nsec } };

	if (prepare())
		timer_settime(timer, 0, &when, NULL);
}

void busy_guard_watch(int fd)
{
	for (int i = 0; i < MOST_WATCHED; i++) {
		if (watched[i] == 0) {
			watched[i] = fd + 1;
			return;
		}
	}
}

void busy_guard_forget(int fd)
{
	for (int i = 0; i < MOST_WATCHED; i++)
		if (watched[i] == fd + 1)
			watched[i] = 0;
}

void busy_guard_begin(int fd)
{
	busy_with = fd;
	cut = 0;
	set(MOST_NSEC);
}

bool busy_guard_end(void)
{
	set(0);
	return cut != 0;
}
