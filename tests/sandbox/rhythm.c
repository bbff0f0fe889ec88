/* SPDX-License-Identifier: MIT */
#include "rhythm.h"

#include "time_format.h"

#define HOUR 3600
#define WIB 7

/* From midnight on, WIB. */
static const int by_hour[24] = { 5,  3,	 2,  1,	 3,  6,	 14, 26, 44, 58, 64, 60,
				 45, 54, 57, 53, 50, 47, 52, 58, 57, 46, 28, 13 };

/* From Monday on. */
static const int by_weekday[7] = { 112, 106, 102, 100, 90, 84, 62 };

static double weight(const struct rhythm *rhythm, int64_t hour)
{
	int64_t local = rhythm->first_hour + hour + WIB;
	double growth = 1 + 0.3 * (double)hour / (double)rhythm->hours;

	return growth * by_hour[local % 24] * by_weekday[time_weekday(local / 24)];
}

struct rhythm rhythm_begin(int64_t now, int64_t days)
{
	struct rhythm rhythm = { .hours = days * 24 };

	rhythm.first_hour = now / HOUR - rhythm.hours;
	for (int64_t hour = 0; hour < rhythm.hours; hour++)
		rhythm.total += weight(&rhythm, hour);
	return rhythm;
}

int64_t rhythm_at(struct rhythm *rhythm, double share)
{
	double wanted = share * rhythm->total;
	double here = weight(rhythm, rhythm->hour);
	double within;

	while (rhythm->hour < rhythm->hours - 1 && rhythm->before + here <= wanted) {
		rhythm->before += here;
		here = weight(rhythm, ++rhythm->hour);
	}
	within = (wanted - rhythm->before) / here;
	within = within < 0 ? 0 : within;
	within = within > 0.999 ? 0.999 : within;
	return (rhythm->first_hour + rhythm->hour) * HOUR + (int64_t)(within * HOUR);
}
