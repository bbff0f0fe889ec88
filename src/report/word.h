/* SPDX-License-Identifier: MIT */
/*
 * word.h -- what the reports say, in English and in Bahasa Indonesia.
 */
#ifndef WORD_H
#define WORD_H

#include "base.h"

enum lang {
	LANG_EN,
	LANG_ID,
};

/* "en" or "id" as a language. False for any other. */
bool word_lang(const char *code, enum lang *ret) MUST_CHECK;

/* The language's code, as HTML has it. */
const char *word_code(enum lang lang) MUST_CHECK;

/* The words for KEY, or NULL when it has none. */
const char *word_find(enum lang lang, const char *key) MUST_CHECK;

/* The words for KEY; KEY itself when it has none. */
const char *word_get(enum lang lang, const char *key) MUST_CHECK;

/* The words for PREFIX and NAME together ("title_", "volume"); NULL when there are none. */
const char *word_of(enum lang lang, const char *prefix, const char *name) MUST_CHECK;

#endif
