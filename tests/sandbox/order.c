/* SPDX-License-Identifier: MIT */
#include "order.h"

#include <string.h>

static const struct order_traits all[] = {
	[ORDER_UPDATED_DESC] = { "updated_desc", ORDER_BY_UPDATED, true },
	[ORDER_UPDATED_ASC] = { "updated_asc", ORDER_BY_UPDATED, false },
	[ORDER_CREATED_DESC] = { "created_desc", ORDER_BY_CREATED, true },
	[ORDER_CREATED_ASC] = { "created_asc", ORDER_BY_CREATED, false },
	[ORDER_ID_ASC] = { "id_asc", ORDER_BY_ID, false },
	[ORDER_ID_DESC] = { "id_desc", ORDER_BY_ID, true },
	[ORDER_HEAP] = { "heap", ORDER_BY_RANK, false },
	[ORDER_TIES] = { "ties", ORDER_BY_UPDATED, true },
	[ORDER_SHUFFLE] = { "shuffle", ORDER_BY_RANK, false },
};

const struct order_traits *order_traits(enum order order)
{
	return &all[order];
}

bool order_parse(const char *name, enum order *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (strcmp(name, all[i].name) == 0) {
			*ret = (enum order)i;
			return true;
		}
	}
	return false;
}
