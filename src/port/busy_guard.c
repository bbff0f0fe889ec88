/* SPDX-License-Identifier: MIT */
#include "busy_guard.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#include "tcp.h"

#define NSEC_PER_SEC INT64_C(1000000000)

/* Processor time that a call may take. */
#define MOST_OF_A_CALL INT64_C(100000000)

/* Processor time that a connection may take for nothing, and what it gets for what it says. */
#define MOST_FOR_NOTHING INT64_C(250000000)
#define FOR_A_BYTE INT64_C(200)
#define FOR_A_REPLY INT64_C(2000000)

/* A call of one that has used all of its time ends at once. */
#define LEAST_OF_A_CALL INT64_C(1000000)

#define MOST_WATCHED 256

/* The handler of the signal reads these, and writes READ. */
static volatile struct watched {
	sig_atomic_t fd; /* a descriptor + 1; 0: free */
	uint64_t read;	 /* bytes of it that had been read when the call began, or last was cut */
	int64_t spent;	 /* nanoseconds that it did not earn */
} watched[MOST_WATCHED];

static volatile sig_atomic_t busy_with, cut;

static volatile struct watched *charged; /* who used the call, or NULL */
static int64_t began;
static timer_t timer;
static bool is_ready;

/* Of those that are watched, the one that most was read of since the call began, or NULL. */
static volatile struct watched *most_read(void)
{
	volatile struct watched *most = NULL;
	uint64_t n = 0;

	for (int i = 0; i < MOST_WATCHED; i++) {
		uint64_t now = watched[i].fd > 0 ? tcp_bytes_read(watched[i].fd - 1) : 0;

		if (now > watched[i].read && now - watched[i].read > n) {
			n = now - watched[i].read;
			most = &watched[i];
		}
	}
	return most;
}

static void note_read(void)
{
	for (int i = 0; i < MOST_WATCHED; i++)
		if (watched[i].fd > 0)
			watched[i].read = tcp_bytes_read(watched[i].fd - 1);
}

static void cut_waiting(void)
{
	for (int i = 0; i < MOST_WATCHED; i++)
		if (watched[i].fd > 0 && tcp_bytes_waiting(watched[i].fd - 1) > 0)
			shutdown(watched[i].fd - 1, SHUT_RDWR);
}

/* In the middle of the call. */
static void on_alarm(int sig)
{
	int why = errno;
	volatile struct watched *most = busy_with < 0 ? most_read() : NULL;

	(void)sig;
	cut = 1;
	if (busy_with >= 0)
		shutdown(busy_with, SHUT_RDWR);
	else if (most)
		shutdown(most->fd - 1, SHUT_RDWR);
	else
		cut_waiting();
	if (most) {
		charged = most;
		note_read();
	}
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

static void set(int64_t nsec)
{
	const struct itimerspec when = { .it_value = { .tv_nsec = nsec },
					 .it_interval = { .tv_nsec = MOST_OF_A_CALL } };

	if (prepare())
		timer_settime(timer, 0, &when, NULL);
}

static int64_t used(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

static volatile struct watched *find(int fd)
{
	for (int i = 0; i < MOST_WATCHED; i++)
		if (watched[i].fd == fd + 1)
			return &watched[i];
	return NULL;
}

void busy_guard_watch(int fd)
{
	volatile struct watched *w = find(fd);

	if (!w)
		w = find(-1);
	if (!w)
		return;
	w->spent = 0;
	w->read = 0;
	w->fd = fd + 1;
}

void busy_guard_forget(int fd)
{
	volatile struct watched *w = find(fd);

	if (!w)
		return;
	w->fd = 0;
	if (w == charged)
		charged = NULL;
}

/* Before a call that may read any of them: nobody knows whom it will. */
static void cut_spent(void)
{
	for (int i = 0; i < MOST_WATCHED; i++) {
		if (watched[i].fd == 0 || watched[i].spent <= MOST_FOR_NOTHING)
			continue;
		shutdown(watched[i].fd - 1, SHUT_RDWR);
		watched[i].spent = 0;
		cut = 1;
	}
}

void busy_guard_begin(int fd)
{
	int64_t most = MOST_OF_A_CALL;

	busy_with = fd;
	cut = 0;
	charged = fd >= 0 ? find(fd) : NULL;
	if (charged)
		most = min_i64(most, max_i64(MOST_FOR_NOTHING - charged->spent, LEAST_OF_A_CALL));
	if (fd < 0) {
		cut_spent();
		note_read();
	}
	began = used();
	set(most);
}

bool busy_guard_end(void)
{
	set(0);
	if (busy_with < 0 && !charged)
		charged = most_read();
	if (charged)
		charged->spent += used() - began;
	return cut != 0;
}

void busy_guard_credit(uint64_t bytes, uint64_t replies)
{
	if (!charged)
		return;
	charged->spent -= min_i64((int64_t)bytes * FOR_A_BYTE + (int64_t)replies * FOR_A_REPLY,
				  charged->spent);
}
