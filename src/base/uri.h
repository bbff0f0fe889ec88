/* SPDX-License-Identifier: MIT */
/*
 * uri.h -- Handles the parts of URLs and addresses that need no parser (RFC 3986).
 */
#ifndef URI_H
#define URI_H

#include "base.h"
#include "buf.h"

/*
 * Adds the string S to a URL so that it stays one segment of a path or one
 * value of a query: all but unreserved characters (RFC 3986, 2.3) as %XX.
 */
void uri_escape(struct buf *url, const char *s);

/* Whether a host, as it stands in a URL, is this machine: localhost, 127.0.0.0/8 or [::1]. */
bool uri_is_loopback(const char *host) MUST_CHECK;

/* An IP address as a text. */
#define URI_HOST_SIZE 64

/*
 * Takes an address and a port apart: "127.0.0.1:9797", "[::1]:9797". False for any other TEXT.
 */
bool uri_address(const char *text, char host[URI_HOST_SIZE], int *port) MUST_CHECK;

#endif
