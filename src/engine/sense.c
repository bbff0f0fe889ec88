/* SPDX-License-Identifier: MIT */
#include "sense.h"

/* Pages that repeat nothing but what was seen, one after another, before a list is given up. */
#define MOST_IN_VAIN 5

/* Beyond what the largest total allows. */
#define MARGIN_PAGES 16

/* A total that falls below half has lost at least so many rows. */
#define LEAST_HALVED 100

/* Whether the page brings nothing; neither does one without a row where the total has some. */
static bool is_no_news(const struct sense *sense)
{
	bool empty_rightly = sense->rows == 0 && sense->before >= sense->total;

	return sense->repeats == sense->rows && !empty_rightly && !sense->rereading;
}

bool sense_made(struct sense *sense)
{
	sense->in_vain = is_no_news(sense) ? sense->in_vain + 1 : 0;
	if (sense->in_vain >= MOST_IN_VAIN)
		return false;
	if (sense->total < sense->first_total / 2 &&
	    sense->first_total - sense->total > LEAST_HALVED)
		return false;
	/* What was read again on the way back costs more, but a list is not read for ever. */
	return sense->pages <= sense->most_pages + sense->most_pages / 4 +
				       2 * min_i64(sense->stepped_back, sense->most_pages) +
				       MARGIN_PAGES;
}
