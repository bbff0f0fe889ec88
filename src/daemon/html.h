/* SPDX-License-Identifier: MIT */
/*
 * html.h -- text that stays text inside a page.
 *
 * Names of channels, agents and labels come from strangers. Whatever goes
 * into a page goes through here; there is no other way to write a text.
 */
#ifndef HTML_H
#define HTML_H

#include "buf.h"

/*
 * Adds S as text or as the value of a quoted attribute: & < > " ' are
 * escaped, control characters are left out. NULL adds nothing.
 */
void html_text(struct buf *out, const char *s);

/* Adds ` NAME="VALUE"`, the value escaped. NULL adds nothing. */
void html_attribute(struct buf *out, const char *name, const char *value);

#endif
