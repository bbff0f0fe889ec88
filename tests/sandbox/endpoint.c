/* SPDX-License-Identifier: MIT */
#include "endpoint.h"

#include <string.h>

#define COLLECTION "/v1/conversations"
#define WEBHOOKS "/v1/webhooks"

static const char *const names[N_ENDPOINTS] = {
	[ENDPOINT_LIST] = "list",	  [ENDPOINT_COUNT] = "count",
	[ENDPOINT_GET] = "get",		  [ENDPOINT_CREATE] = "create",
	[ENDPOINT_UPDATE] = "update",	  [ENDPOINT_WEBHOOK] = "webhook",
	[ENDPOINT_MESSAGES] = "messages", [ENDPOINT_OTHER] = "other",
};

const char *endpoint_name(enum endpoint endpoint)
{
	return names[endpoint];
}

bool endpoint_parse(const char *name, enum endpoint *ret)
{
	for (size_t i = 0; i < N_ENDPOINTS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum endpoint)i;
			return true;
		}
	}
	return false;
}

/* POST of the collection, and DELETE of one of them, are all that there is. */
static enum endpoint of_webhooks(const char *method, const char *path, const char **id)
{
	size_t n = sizeof(WEBHOOKS) - 1;

	if (path[n] == '\0' && strcmp(method, "POST") == 0)
		return ENDPOINT_WEBHOOK;
	if (path[n] != '/' || path[n + 1] == '\0' || strcmp(method, "DELETE") != 0)
		return ENDPOINT_OTHER;
	*id = path + n + 1;
	return ENDPOINT_WEBHOOK;
}

/* "conv_1/messages" */
static bool is_of_messages(const char *id)
{
	const char *end = strchr(id, '/');

	return end && strcmp(end, "/messages") == 0;
}

enum endpoint endpoint_of(const char *method, const char *path, const char *per_page,
			  const char **id)
{
	size_t n = sizeof(COLLECTION) - 1;

	*id = NULL;
	if (strncmp(path, WEBHOOKS, sizeof(WEBHOOKS) - 1) == 0)
		return of_webhooks(method, path, id);
	if (strncmp(path, COLLECTION, n) != 0)
		return ENDPOINT_OTHER;
	if (path[n] == '/' && path[n + 1] != '\0') {
		*id = path + n + 1;
		if (strcmp(method, "GET") == 0 && is_of_messages(*id))
			return ENDPOINT_MESSAGES;
		if (strcmp(method, "GET") == 0)
			return ENDPOINT_GET;
		return strcmp(method, "PATCH") == 0 ? ENDPOINT_UPDATE : ENDPOINT_OTHER;
	}
	if (path[n] != '\0')
		return ENDPOINT_OTHER;
	if (strcmp(method, "POST") == 0)
		return ENDPOINT_CREATE;
	if (strcmp(method, "GET") != 0)
		return ENDPOINT_OTHER;
	return per_page && strcmp(per_page, "1") == 0 ? ENDPOINT_COUNT : ENDPOINT_LIST;
}
