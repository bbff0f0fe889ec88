/* SPDX-License-Identifier: MIT */
/* Timers, descriptors and signals, all served while somebody sleeps. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "event_loop.h"

#define MSEC USEC_PER_MSEC

/* Long enough never to come in a test that goes well. */
#define SOON (5 * USEC_PER_SEC)

static struct event_loop *loop;

static int begin(void **fixture)
{
	struct err err;

	(void)fixture;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	loop = event_loop_open(false, &err);
	return loop ? 0 : 1;
}

static int begin_daemon(void **fixture)
{
	struct err err;

	(void)fixture;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	loop = event_loop_open(true, &err);
	return loop ? 0 : 1;
}

static int end(void **fixture)
{
	(void)fixture;
	event_loop_close(&loop);
	return loop ? 1 : 0;
}

/* ---- timers ------------------------------------------------------------ */

/* Counts its calls, and remembers when the last one was. */
struct alarm {
	struct event_loop_source *timer;
	int64_t again; /* set it anew by so much, while MORE is left */
	int calls, more;
	int64_t at;
};

static void ring(void *arg)
{
	struct alarm *alarm = arg;

	alarm->calls++;
	alarm->at = event_loop_now();
	if (alarm->more-- > 0)
		event_loop_timer_set(alarm->timer, alarm->at + alarm->again);
}

static void nothing_to_do_ends_at_the_deadline_and_not_before(void **fixture)
{
	int64_t deadline = event_loop_now() + 20 * MSEC;

	(void)fixture;
	assert_int_equal(event_loop_turn(loop, deadline), EVENT_LOOP_TIMEOUT);
	assert_true(event_loop_now() >= deadline);
	assert_int_equal(event_loop_turn(loop, event_loop_now() - SOON), EVENT_LOOP_TIMEOUT);
	assert_int_equal(event_loop_turn(loop, 0), EVENT_LOOP_TIMEOUT);
	assert_int_equal(event_loop_turn(loop, TIME_NONE), EVENT_LOOP_TIMEOUT);
}

static void a_timer_rings_once_and_not_before_its_time(void **fixture)
{
	struct alarm alarm = { 0 };
	int64_t at = event_loop_now() + 20 * MSEC;

	(void)fixture;
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	event_loop_timer_set(alarm.timer, at);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_int_equal(alarm.calls, 1);
	assert_true(alarm.at >= at);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 10 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_int_equal(alarm.calls, 1);
	event_loop_forget(&alarm.timer);
	assert_null(alarm.timer);
}

static void a_timer_begins_unset_and_can_be_unset(void **fixture)
{
	struct alarm alarm = { 0 };

	(void)fixture;
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 5 * MSEC), EVENT_LOOP_TIMEOUT);
	event_loop_timer_set(alarm.timer, event_loop_now() + 5 * MSEC);
	event_loop_timer_set(alarm.timer, TIME_NEVER);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 20 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_int_equal(alarm.calls, 0);
	event_loop_forget(&alarm.timer);
}

static void a_moment_that_has_passed_rings_at_once(void **fixture)
{
	static const int64_t moments[] = { 0, -5, TIME_NONE, 1 };
	struct alarm alarm = { 0 };

	(void)fixture;
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	for (int i = 0; i < (int)ARRAY_SIZE(moments); i++) {
		event_loop_timer_set(alarm.timer, moments[i]);
		assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
		assert_int_equal(alarm.calls, i + 1);
	}
	event_loop_forget(&alarm.timer);
}

static void the_last_setting_counts(void **fixture)
{
	struct alarm alarm = { 0 };
	int64_t at = event_loop_now() + 20 * MSEC;

	(void)fixture;
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	event_loop_timer_set(alarm.timer, event_loop_now() + 1 * MSEC);
	event_loop_timer_set(alarm.timer, at);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_true(alarm.at >= at);
	event_loop_forget(&alarm.timer);
}

static void a_timer_can_set_itself_again(void **fixture)
{
	struct alarm alarm = { .more = 4, .again = MSEC };

	(void)fixture;
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	event_loop_timer_set(alarm.timer, event_loop_now());
	while (alarm.calls < 5)
		assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 10 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_int_equal(alarm.calls, 5);
	event_loop_forget(&alarm.timer);
}

static void waiting_until_a_moment_goes_on_whatever_is_served(void **fixture)
{
	struct alarm alarm = { .more = 1000, .again = MSEC };
	int64_t until = event_loop_now() + 20 * MSEC;

	(void)fixture;
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	event_loop_timer_set(alarm.timer, event_loop_now());
	assert_int_equal(event_loop_until(loop, until), EVENT_LOOP_TIMEOUT);
	assert_true(event_loop_now() >= until);
	assert_true(alarm.calls > 1);
	event_loop_forget(&alarm.timer);
}

/* A source that always has something to say must not hide that the deadline has come. */
static void a_busy_source_does_not_keep_the_caller(void **fixture)
{
	struct alarm alarm = { .more = INT32_MAX, .again = -1 };

	(void)fixture;
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	event_loop_timer_set(alarm.timer, event_loop_now());
	assert_int_equal(event_loop_turn(loop, event_loop_now()), EVENT_LOOP_READY);
	assert_in_range(alarm.calls, 1, 1000);
	assert_int_equal(event_loop_until(loop, event_loop_now() + 5 * MSEC), EVENT_LOOP_TIMEOUT);
	event_loop_forget(&alarm.timer);
}

static void forgetting_nothing_does_nothing(void **fixture)
{
	struct event_loop_source *none = NULL;

	(void)fixture;
	event_loop_forget(&none);
	assert_null(none);
}

/* ---- descriptors -------------------------------------------------------- */

struct watched {
	struct event_loop_source *source;
	int fd, calls;
	unsigned events; /* of the last call */
	bool reads, forgets;
};

static void on_events(void *arg, unsigned events)
{
	struct watched *w = arg;
	char c;

	w->calls++;
	w->events = events;
	if (w->reads)
		assert_int_equal(read(w->fd, &c, 1), 1);
	if (w->forgets)
		event_loop_forget(&w->source);
}

static void a_descriptor_that_can_be_read_calls(void **fixture)
{
	struct watched w = { .reads = true };
	int ends[2];

	(void)fixture;
	assert_int_equal(pipe(ends), 0);
	w.fd = ends[0];
	w.source = event_loop_watch(loop, ends[0], EVENT_LOOP_IN, on_events, &w);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 5 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_int_equal(w.calls, 1);
	assert_int_equal(w.events, EVENT_LOOP_IN);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 5 * MSEC), EVENT_LOOP_TIMEOUT);
	event_loop_forget(&w.source);
	close(ends[0]);
	close(ends[1]);
}

static void what_is_watched_for_can_be_changed(void **fixture)
{
	struct watched w = { .reads = false };
	int ends[2];

	(void)fixture;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	w.fd = ends[0];
	w.source = event_loop_watch(loop, ends[0], EVENT_LOOP_IN, on_events, &w);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 5 * MSEC), EVENT_LOOP_TIMEOUT);
	event_loop_watch_for(w.source, EVENT_LOOP_OUT);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_int_equal(w.events, EVENT_LOOP_OUT);
	assert_int_equal(write(ends[1], "x", 1), 1);
	event_loop_watch_for(w.source, EVENT_LOOP_IN | EVENT_LOOP_OUT);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_int_equal(w.events, EVENT_LOOP_IN | EVENT_LOOP_OUT);
	w.calls = 0;
	event_loop_watch_for(w.source, 0);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 5 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_int_equal(w.calls, 0);
	event_loop_forget(&w.source);
	close(ends[0]);
	close(ends[1]);
}

static void a_hang_up_shows_as_readable(void **fixture)
{
	struct watched w = { .reads = false };
	int ends[2];

	(void)fixture;
	assert_int_equal(pipe(ends), 0);
	w.fd = ends[0];
	w.source = event_loop_watch(loop, ends[0], EVENT_LOOP_IN, on_events, &w);
	close(ends[1]);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_int_equal(w.events, EVENT_LOOP_IN);
	event_loop_forget(&w.source);
	close(ends[0]);
}

static void a_source_can_end_itself(void **fixture)
{
	struct watched w = { .forgets = true };
	int ends[2];

	(void)fixture;
	assert_int_equal(pipe(ends), 0);
	w.fd = ends[0];
	w.source = event_loop_watch(loop, ends[0], EVENT_LOOP_IN, on_events, &w);
	assert_int_equal(write(ends[1], "xx", 2), 2);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_null(w.source);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + 5 * MSEC), EVENT_LOOP_TIMEOUT);
	assert_int_equal(w.calls, 1);
	close(ends[0]);
	close(ends[1]);
}

static void all_that_is_due_is_served_in_one_turn(void **fixture)
{
	struct watched w[10];
	struct alarm alarm = { 0 };
	int ends[10][2];

	(void)fixture;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(pipe(ends[i]), 0);
		w[i] = (struct watched){ .reads = true, .fd = ends[i][0] };
		w[i].source = event_loop_watch(loop, ends[i][0], EVENT_LOOP_IN, on_events, &w[i]);
		assert_int_equal(write(ends[i][1], "x", 1), 1);
	}
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	event_loop_timer_set(alarm.timer, event_loop_now());
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_int_equal(alarm.calls, 1);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(w[i].calls, 1);
		event_loop_forget(&w[i].source);
		close(ends[i][0]);
		close(ends[i][1]);
	}
	event_loop_forget(&alarm.timer);
}

/* ---- the end ------------------------------------------------------------ */

static void stops_at(int signal_number)
{
	assert_false(event_loop_stopping(loop));
	assert_int_equal(kill(getpid(), signal_number), 0);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_STOP);
	assert_true(event_loop_stopping(loop));
}

static void sigterm_ends_a_sleep_that_has_no_end(void **fixture)
{
	(void)fixture;
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(event_loop_turn(loop, TIME_NEVER), EVENT_LOOP_STOP);
	assert_true(event_loop_stopping(loop));
}

static void sigint_ends_it_too(void **fixture)
{
	(void)fixture;
	stops_at(SIGINT);
}

static void once_stopping_nothing_is_served_any_more(void **fixture)
{
	struct alarm alarm = { 0 };

	(void)fixture;
	stops_at(SIGTERM);
	alarm.timer = event_loop_timer(loop, ring, &alarm);
	event_loop_timer_set(alarm.timer, event_loop_now());
	assert_int_equal(event_loop_turn(loop, TIME_NEVER), EVENT_LOOP_STOP);
	assert_int_equal(event_loop_until(loop, TIME_NEVER), EVENT_LOOP_STOP);
	assert_int_equal(alarm.calls, 0);
	event_loop_forget(&alarm.timer);
}

static void stop_the_loop(void *arg)
{
	(void)arg;
	assert_int_equal(kill(getpid(), SIGTERM), 0);
}

static void a_stop_in_the_middle_of_a_turn_ends_it(void **fixture)
{
	struct event_loop_source *timer = event_loop_timer(loop, stop_the_loop, loop);

	(void)fixture;
	event_loop_timer_set(timer, event_loop_now());
	assert_int_equal(event_loop_until(loop, TIME_NEVER), EVENT_LOOP_STOP);
	event_loop_forget(&timer);
}

static void a_write_to_nobody_does_not_kill(void **fixture)
{
	int ends[2];

	(void)fixture;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	close(ends[1]);
}

static void the_signals_are_given_back(void **fixture)
{
	sigset_t before, during, after;
	struct err err;
	struct event_loop *another;

	(void)fixture;
	sigprocmask(SIG_SETMASK, NULL, &before);
	another = event_loop_open(true, &err);
	assert_non_null(another);
	sigprocmask(SIG_SETMASK, NULL, &during);
	assert_true(sigismember(&during, SIGTERM) && sigismember(&during, SIGHUP));
	event_loop_close(&another);
	assert_null(another);
	event_loop_close(&another);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int s = 1; s < 32; s++)
		assert_int_equal(sigismember(&before, s), sigismember(&after, s));
}

static void without_descriptors_it_cannot_be_opened(void **fixture)
{
	struct rlimit before, none;
	sigset_t old, new;
	struct err err = ERR_INIT;

	(void)fixture;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	sigprocmask(SIG_SETMASK, NULL, &old);
	/* Each of the descriptors that it needs may be the one that is missing. */
	for (rlim_t left = 0; left < 4; left++) {
		int fd = dup(0);
		struct event_loop *another;

		close(fd);
		none = before;
		none.rlim_cur = (rlim_t)fd + left;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
		another = event_loop_open(true, &err);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		if (left == 0) {
			assert_null(another);
			assert_int_equal(err.kind, ERR_SYSTEM);
		}
		event_loop_close(&another);
		sigprocmask(SIG_SETMASK, NULL, &new);
		for (int s = 1; s < 32; s++)
			assert_int_equal(sigismember(&old, s), sigismember(&new, s));
	}
}

static void a_command_leaves_sighup_alone(void **fixture)
{
	sigset_t set;

	(void)fixture;
	sigprocmask(SIG_SETMASK, NULL, &set);
	assert_false(sigismember(&set, SIGHUP));
	assert_true(sigismember(&set, SIGTERM));
}

/* ---- systemd ------------------------------------------------------------ */

/* A socket where systemd's would be; its name is abstract, so that nothing is left behind. */
static int listen_as_systemd(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), n;
	char name[64];

	n = snprintf(name, sizeof(name), "@sahut-unit-%d", (int)getpid());
	memcpy(to.sun_path + 1, name + 1, (size_t)n - 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&to,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n)),
			 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void systemd_is_told_if_it_listens(void **fixture)
{
	char text[200] = "";
	int fd;

	(void)fixture;
	event_loop_notify("READY=1");
	fd = listen_as_systemd();
	event_loop_notify("READY=1\nSTATUS=%d of %s", 3, "utama");
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "READY=1\nSTATUS=3 of utama");
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

static void sighup_is_a_wish_to_reload_that_systemd_hears_of_first(void **fixture)
{
	char text[200] = "";
	int fd = listen_as_systemd();

	(void)fixture;
	assert_false(event_loop_take_reload(loop));
	assert_int_equal(kill(getpid(), SIGHUP), 0);
	assert_int_equal(event_loop_turn(loop, event_loop_now() + SOON), EVENT_LOOP_READY);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_memory_equal(text, "RELOADING=1\nMONOTONIC_USEC=", 27);
	assert_true(event_loop_take_reload(loop));
	assert_false(event_loop_take_reload(loop));
	assert_false(event_loop_stopping(loop));
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

static void the_watchdog_is_fed_while_somebody_sleeps(void **fixture)
{
	struct err err;
	char text[200] = "";
	int fd = listen_as_systemd();
	struct event_loop *another;

	(void)fixture;
	setenv("WATCHDOG_USEC", "100000", 1);
	another = event_loop_open(true, &err);
	assert_non_null(another);
	for (int64_t late = event_loop_now() + SOON; !strstr(text, "WATCHDOG=1");) {
		ssize_t n = read(fd, text, sizeof(text) - 1);

		text[n > 0 ? n : 0] = '\0';
		assert_true(event_loop_now() < late);
		assert_int_not_equal(event_loop_turn(another, event_loop_now() + 10 * MSEC),
				     EVENT_LOOP_STOP);
	}
	event_loop_close(&another);
	unsetenv("WATCHDOG_USEC");
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

static void its_library_has_a_name(void **fixture)
{
	(void)fixture;
	assert_memory_equal(event_loop_library(), "libsystemd ", 11);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
#define TEST_DAEMON(f) cmocka_unit_test_setup_teardown(f, begin_daemon, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_to_do_ends_at_the_deadline_and_not_before),
		TEST(a_timer_rings_once_and_not_before_its_time),
		TEST(a_timer_begins_unset_and_can_be_unset),
		TEST(a_moment_that_has_passed_rings_at_once),
		TEST(the_last_setting_counts),
		TEST(a_timer_can_set_itself_again),
		TEST(waiting_until_a_moment_goes_on_whatever_is_served),
		TEST(a_busy_source_does_not_keep_the_caller),
		TEST(forgetting_nothing_does_nothing),
		TEST(a_descriptor_that_can_be_read_calls),
		TEST(what_is_watched_for_can_be_changed),
		TEST(a_hang_up_shows_as_readable),
		TEST(a_source_can_end_itself),
		TEST(all_that_is_due_is_served_in_one_turn),
		TEST(sigterm_ends_a_sleep_that_has_no_end),
		TEST(sigint_ends_it_too),
		TEST(once_stopping_nothing_is_served_any_more),
		TEST(a_stop_in_the_middle_of_a_turn_ends_it),
		TEST(a_write_to_nobody_does_not_kill),
		TEST(the_signals_are_given_back),
		TEST(without_descriptors_it_cannot_be_opened),
		TEST(a_command_leaves_sighup_alone),
		TEST(systemd_is_told_if_it_listens),
		TEST_DAEMON(sighup_is_a_wish_to_reload_that_systemd_hears_of_first),
		TEST(the_watchdog_is_fed_while_somebody_sleeps),
		TEST(its_library_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
