/* SPDX-License-Identifier: MIT */
#include "api_time.h"

/* No cache keeps a list that changes all the time for longer. */
#define OLDEST (24 * 3600 * USEC_PER_SEC)

bool api_time_is_ahead(int64_t instant, int64_t clock)
{
	return instant != TIME_NONE && clock != TIME_NONE && instant > clock + API_TIME_TOLERANCE;
}

int64_t api_time_ahead(const struct api_time *told)
{
	int64_t clock = max_i64(told->host, told->database);

	return api_time_is_ahead(told->date, clock) ? told->date - clock : 0;
}

int64_t api_time_believed(const struct api_time *told)
{
	if (told->date == TIME_NONE || api_time_ahead(told) > 0 || told->age > OLDEST)
		return TIME_NONE;
	return told->date - max_i64(told->age, 0);
}
