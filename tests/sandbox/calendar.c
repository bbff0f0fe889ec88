/* SPDX-License-Identifier: MIT */
#include "calendar.h"

#include "clock.h"

struct calendar calendar_begin(void)
{
	const struct clock *clock = clock_system();

	return (struct calendar){ .base = clock_real(clock) - clock_mono(clock) };
}

int64_t calendar_now(const struct calendar *calendar)
{
	return (calendar->base + calendar->added + clock_mono(clock_system())) / USEC_PER_SEC;
}

void calendar_advance(struct calendar *calendar, int64_t seconds)
{
	calendar->added += seconds * USEC_PER_SEC;
}
