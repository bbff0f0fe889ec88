/* SPDX-License-Identifier: MIT */
/*
 * width.h -- Measures how much of a terminal's line a text takes, by
 * libunistring.
 *
 * The library is loaded by the first call. Of its versions any will do, since
 * each release of Debian has another one.
 */
#ifndef WIDTH_H
#define WIDTH_H

#include "base.h"

/*
 * How many columns the N bytes of UTF-8 at P take: wide characters two, combining
 * marks none. Where the library is not installed, each character counts as one.
 */
size_t width_of(const char *p, size_t n) MUST_CHECK;

#endif
