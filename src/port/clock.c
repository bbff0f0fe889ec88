/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

static int64_t system_mono(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_BOOTTIME);
}

static int64_t system_real(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_REALTIME);
}

const struct clock *clock_system(void)
{
	static const struct clock clock = { system_mono, system_real, NULL };

	return &clock;
}

int64_t clock_mono(const struct clock *clock)
{
	return clock->mono(clock->arg);
}

int64_t clock_real(const struct clock *clock)
{
	return clock->real(clock->arg);
}
