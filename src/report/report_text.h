/* SPDX-License-Identifier: MIT */
/*
 * report_text.h -- Holds the words of the reports in English and Bahasa Indonesia.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "base.h"

enum lang {
	LANG_EN,
	LANG_ID,
};

/* "en" or "id" as a language. False for any other. */
bool report_text_lang(const char *code, enum lang *ret) MUST_CHECK;

/* The language's code, as HTML has it. */
const char *report_text_code(enum lang lang) MUST_CHECK;

/* The words for KEY, or NULL when it has none. */
const char *report_text_find(enum lang lang, const char *key) MUST_CHECK;

/* The words for KEY; KEY itself when it has none. */
const char *report_text_get(enum lang lang, const char *key) MUST_CHECK;

/* The words for PREFIX and NAME together ("title_", "volume"); NULL when there are none. */
const char *report_text_of(enum lang lang, const char *prefix, const char *name) MUST_CHECK;

/* The words in LANG that read ENGLISH in English; NULL when there are none. */
const char *report_text_translated(enum lang lang, const char *english) MUST_CHECK;

#endif
