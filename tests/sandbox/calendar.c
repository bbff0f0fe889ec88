/* SPDX-License-Identifier: MIT */
#include "calendar.h"

#include "clock.h"

struct calendar calendar_begin(int64_t ago)
{
	const struct clock *clock = clock_system();

	return (struct calendar){ .base = clock_real(clock) - clock_mono(clock) - ago, .speed = 1 };
}

static int64_t now(const struct calendar *calendar)
{
	return calendar->base + calendar->added + clock_mono(clock_system()) * calendar->speed;
}

int64_t calendar_now(const struct calendar *calendar)
{
	return now(calendar) / USEC_PER_SEC;
}

int64_t calendar_lasts(const struct calendar *calendar, int64_t seconds)
{
	/* While it stands still, as long as if it did not. */
	return seconds * USEC_PER_SEC / (calendar->speed ? calendar->speed : 1);
}

void calendar_hurry(struct calendar *calendar, int64_t speed)
{
	int64_t was = now(calendar);

	calendar->speed = speed;
	calendar->added += was - now(calendar);
}

void calendar_advance(struct calendar *calendar, int64_t seconds)
{
	calendar->added += seconds * USEC_PER_SEC;
}
