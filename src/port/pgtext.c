/* SPDX-License-Identifier: MIT */
#include "pgtext.h"

#include <stdio.h>
#include <string.h>

void pgtext_error(struct err *err, enum err_kind kind, const char *message)
{
	char text[sizeof(err->text)], shown[sizeof(err->text)];
	size_t n = strlen(message);

	while (n > 0 && strchr(" \t\r\n", message[n - 1]))
		n--;
	snprintf(text, sizeof(text), "%.*s", (int)n, message);
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	/* A message quotes rows, and rows hold anything. */
	err_set(err, kind, "database: %s",
		n > 0 ? err_quote(shown, sizeof(shown), text, strlen(text))
		      : "failed, and gave no reason");
}
