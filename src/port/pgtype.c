/* SPDX-License-Identifier: MIT */
#include "pgtype.h"

bool pgtype_is_number(unsigned oid)
{
	/* int8, int2, int4, float4, float8, numeric */
	static const unsigned stats[] = { 20, 21, 23, 700, 701, 1700 };

	for (size_t i = 0; i < ARRAY_SIZE(stats); i++)
		if (oid == stats[i])
			return true;
	return false;
}
