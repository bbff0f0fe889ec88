/* SPDX-License-Identifier: MIT */
/*
 * width.h -- how much of a terminal's line a text takes, by libunistring.
 */
#ifndef WIDTH_H
#define WIDTH_H

#include "base.h"

/* How many columns the N bytes of UTF-8 at P take: wide characters two, combining marks none. */
size_t width_of(const char *p, size_t n) MUST_CHECK;

#endif
