/* SPDX-License-Identifier: MIT */
#include "uri.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void uri_escape(struct buf *url, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c < 0x80 && isalnum(c)) || strchr("-_.~", c))
			buf_char(url, *s);
		else
			buf_printf(url, "%%%02X", c);
	}
}

bool uri_is_loopback(const char *host)
{
	struct in_addr v4;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	    strcmp(host, "::1") == 0)
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

bool uri_address(const char *text, char host[URI_HOST_SIZE], int *port)
{
	const char *colon = strrchr(text, ':');
	bool bracketed = text[0] == '[' && colon && colon > text + 1 && colon[-1] == ']';
	long n = colon ? strtol(colon + 1, NULL, 10) : 0;
	unsigned char address[16];

	if (n < 1 || n > 65535 || colon[1 + strspn(colon + 1, "0123456789")])
		return false;
	*port = (int)n;
	return snprintf(host, URI_HOST_SIZE, "%.*s", (int)(colon - text) - 2 * bracketed,
			text + bracketed) < URI_HOST_SIZE &&
	       (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1);
}
