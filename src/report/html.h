/* SPDX-License-Identifier: MIT */
/*
 * html.h -- Escapes text for HTML.
 *
 * Names of channels, agents and labels come from strangers. Every text of a
 * page goes through here; there is no other way to write one.
 */
#ifndef HTML_H
#define HTML_H

#include "buf.h"

/*
 * Adds S as text or as the value of a quoted attribute: & < > " ' are escaped,
 * control characters are left out, and bytes that are no UTF-8 become U+FFFD.
 * NULL adds nothing.
 */
void html_text(struct buf *out, const char *s);

/*
 * Adds the first MOST bytes of S in the same way, no character cut in two,
 * and an ellipsis for the rest.
 */
void html_cut(struct buf *out, const char *s, size_t most);

/* Adds ` NAME="VALUE"`, the value escaped. NULL adds nothing. */
void html_attribute(struct buf *out, const char *name, const char *value);

#endif
