/* SPDX-License-Identifier: MIT */
#include "width.h"

#include <uniwidth.h>

size_t width_of(const char *p, size_t n)
{
	return (size_t)u8_width((const uint8_t *)p, n, "UTF-8");
}
