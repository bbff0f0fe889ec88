/* SPDX-License-Identifier: MIT */
/*
 * page.h -- conversations as the API writes them.
 *
 * Copies ready-made pieces straight into a buffer: a page of a hundred has
 * some 40 KB and must cost no more than a few microseconds a piece. It
 * knows no HTTP and no filter.
 */
#ifndef PAGE_H
#define PAGE_H

#include "base.h"
#include "buf.h"
#include "world.h"

/* How a list tells how many there are. */
enum page_total {
	PAGE_TOTAL_NUMBER,
	PAGE_TOTAL_TEXT,     /* digits in a string */
	PAGE_TOTAL_ESTIMATE, /* up to 3 % too many or too few, by the page */
	PAGE_TOTAL_NULL,
	PAGE_TOTAL_MISSING,
	PAGE_TOTAL_PAGE,       /* how many rows the page has */
	PAGE_TOTAL_UNFILTERED, /* how many there are in all, whatever the filter */
	PAGE_TOTAL_UNRESOLVED, /* the list without a filter counts only what is not resolved */
	PAGE_TOTALS,
};

/* The name of each in the settings; NULL behind the last one. */
extern const char *const page_total_names[PAGE_TOTALS + 1];

/* The members of "meta". */
struct page_meta {
	uint32_t total, page, per_page;
	uint32_t per_page_told;
	enum page_total total_as;
};

/* Added to the number of a row: as the conversation was before its last change. */
#define PAGE_FORMER (UINT32_C(1) << 31)

/* Writes a conversation as an object, and not the text that a test put in its place. */
void page_true_item(struct buf *out, const struct world *world, uint32_t number);

/* Writes it as it is served: a test's text, where there is one. */
void page_item(struct buf *out, const struct world *world, uint32_t number);

/* Writes {"data":{...}}. */
void page_single(struct buf *out, const struct world *world, uint32_t number);

/*
 * Writes {"data":[...],"meta":{...}} with the N conversations in STATS.
 * total_pages of an empty list is 0.
 */
void page_list(struct buf *out, const struct world *world, const uint32_t *stats, uint32_t n,
	       const struct page_meta *meta);

/* Writes "meta", its name and its value. */
void page_meta_write(struct buf *out, const struct page_meta *meta);

/* Writes an instant (seconds since 1970) as a string, with its quotes. */
void page_time(struct buf *out, uint32_t at);

/* Writes the array of the labels in a state. */
void page_labels(struct buf *out, const struct world *world, uint32_t labels);

#endif
