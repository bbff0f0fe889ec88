/* SPDX-License-Identifier: MIT */
/*
 * order.h -- the orders in which an API may list, of which the reference says nothing.
 */
#ifndef ORDER_H
#define ORDER_H

#include "base.h"

enum order {
	ORDER_UPDATED_DESC,
	ORDER_UPDATED_ASC,
	ORDER_CREATED_DESC,
	ORDER_CREATED_ASC,
	ORDER_ID_ASC,
	ORDER_ID_DESC,
	ORDER_HEAP,    /* as a database does without ORDER BY: a changed row moves to the end */
	ORDER_TIES,    /* updated_desc, equals in another order at each request */
	ORDER_SHUFFLE, /* another order at each request */
};

/* The key that a list is sorted by. */
enum order_by {
	ORDER_BY_UPDATED,
	ORDER_BY_CREATED,
	ORDER_BY_ID,
	ORDER_BY_RANK,
};

struct order_traits {
	const char *name;
	enum order_by by;
	bool descending; /* ties are broken by the id, upwards in either direction */
};

/* The facts of an order. */
const struct order_traits *order_traits(enum order order) MUST_CHECK;

/* The order of that name. False when there is none. */
bool order_parse(const char *name, enum order *ret) MUST_CHECK;

#endif
