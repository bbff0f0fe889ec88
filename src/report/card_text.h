/* SPDX-License-Identifier: MIT */
/*
 * card_text.h -- The words of Metabase's cards in Bahasa Indonesia.
 *
 * In dashboards.json they stand in English. A sentence that a page of a
 * report has, too, is looked up among the pages' words (report_text.h), so that both
 * say the same; the others stand here.
 */
#ifndef CARD_TEXT_H
#define CARD_TEXT_H

#include "report_text.h"

/* ENGLISH in LANG; ENGLISH itself where there is no other. */
const char *card_text_get(enum lang lang, const char *english) MUST_CHECK;

/* The title of the column NAME of a card; NULL in English, where the name is it. */
const char *card_text_column(enum lang lang, const char *name) MUST_CHECK;

#endif
