/* SPDX-License-Identifier: MIT */
/*
 * order.h -- Learns in which order a list stands, from its pages.
 *
 * The API's reference is silent about order (sahut-api.md), so every page
 * is evidence: two neighbours that stand the wrong way round speak against
 * an order, and only a list without such an inversion, that had every
 * chance to show one against each rival, proves it (PROTOCOL.md, rule 3).
 * Pure arithmetic; no clock and no memory of its own.
 */
#ifndef ORDER_H
#define ORDER_H

#include "engine_types.h"

enum order {
	ORDER_UNKNOWN,
	ORDER_UPDATED_DESC, /* the latest change first */
	ORDER_UPDATED_ASC,
	ORDER_CREATED_DESC,
	ORDER_CREATED_ASC,
	ORDERS,
};

/* The evidence against each order. All zero: nothing was seen. */
struct evidence {
	int64_t pairs; /* of neighbours that were looked at */
	struct {
		int64_t inversions; /* pairs that stand the wrong way round */
		int64_t pages;	    /* on how many pages */
	} against[ORDERS];
};

/*
 * Adds the evidence of N neighbouring rows. Rows updated after HORIZON are left
 * out, since they may have moved while they were read; so are rows whose place
 * in REPEATED (N flags, or NULL) is set, which were seen before in the same
 * sweep, and rows without the times that are compared.
 */
void order_note(struct evidence *evidence, const struct row *rows, const bool *repeated, int n,
		int64_t horizon);

/* As order_note(), for the last row of a page and the first of the next. */
void order_note_pair(struct evidence *evidence, const struct row *a, const struct row *b,
		     int64_t horizon);

/* The key of the last row that tells it, or BACKWARDS of the first; TIME_NONE: none does. */
int64_t order_last_key(enum order order, const struct row *rows, int n, bool backwards) MUST_CHECK;

/* A page, and the row of the page before that it makes a pair with, or NULL. */
struct order_page {
	const struct row *rows;
	const bool *repeated; /* as in order_note() */
	int n;
	const struct row *edge;
	bool backwards; /* the page before stands behind it */
	int64_t horizon;
};

/* Notes its rows, and that pair. */
void order_note_page(struct evidence *evidence, const struct order_page *page);

/* Adds the evidence of a PAGE, which counts as one page, whatever it showed. */
void order_add(struct evidence *sum, const struct evidence *page);

/* The order of one listing, watched from page to page. All zero: no page has come. */
struct order_watch {
	struct evidence evidence;
	bool has_edge;
	struct row edge; /* the row of the last page that makes a pair with the next page, */
	uint64_t near;	 /* and the one of the page after it that first made it */
};

/* How a page is watched. */
struct order_look {
	enum order order; /* the order that is relied on; ORDER_UNKNOWN: none */
	bool again;	  /* the page is read a second time, because it contradicted that order */
	bool known;	  /* its rows have been read before: they are no evidence */
	bool overlaps;	  /* it shows rows of the page before */
};

/*
 * Adds a page, whose `edge` is not set, to the evidence. False when it contradicts the order that
 * is relied on; then it is not counted, unless it was read again.
 */
bool order_watch_page(struct order_watch *watch, const struct order_page *page,
		      const struct order_look *look) MUST_CHECK;

/* Keeps the row of the page that makes a pair with the page that is read next. */
void order_watch_edge(struct order_watch *watch, const struct row *rows, int n, bool backwards);

/*
 * The order that the evidence proves, if the sweep it comes from was
 * certified; ORDER_UNKNOWN when it proves none.
 */
enum order order_proven(const struct evidence *evidence) MUST_CHECK;

/* Whether the evidence contradicts an order. Nothing contradicts ORDER_UNKNOWN. */
bool order_contradicted(const struct evidence *evidence, enum order order) MUST_CHECK;

/* Whether it goes by updated_at. */
bool order_by_update(enum order order) MUST_CHECK;

/* Whether the oldest come first, so that one reads it from the last page backwards. */
bool order_ascending(enum order order) MUST_CHECK;

/* The time that an order goes by, of one row; TIME_NONE for ORDER_UNKNOWN. */
int64_t order_key(enum order order, const struct row *row) MUST_CHECK;

/* "updated_desc"; as it stands in the warehouse and in the log. */
const char *order_name(enum order order) MUST_CHECK;

/* The order of that name; ORDER_UNKNOWN for any other. */
enum order order_parse(const char *name) MUST_CHECK;

#endif
