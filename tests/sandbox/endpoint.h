/* SPDX-License-Identifier: MIT */
/*
 * endpoint.h -- Tells the endpoint that a request to the API is for, as tests count it.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "base.h"

enum endpoint {
	ENDPOINT_LIST,
	ENDPOINT_COUNT, /* a list of one a page: the client wants meta.total */
	ENDPOINT_GET,
	ENDPOINT_MESSAGES, /* of one conversation */
	ENDPOINT_CREATE,
	ENDPOINT_UPDATE,
	ENDPOINT_WEBHOOK, /* one is registered, or removed */
	ENDPOINT_OTHER,	  /* nothing that the reference knows */
	N_ENDPOINTS,
};

/* "list", ... */
const char *endpoint_name(enum endpoint endpoint) MUST_CHECK;

/* The endpoint of that name. False when there is none. */
bool endpoint_parse(const char *name, enum endpoint *ret) MUST_CHECK;

/*
 * Recognizes a request. *ID is set to the part of PATH behind
 * "/v1/conversations/" or "/v1/webhooks/", or NULL. PER_PAGE is that parameter of the query, or
 * NULL.
 */
enum endpoint endpoint_of(const char *method, const char *path, const char *per_page,
			  const char **id) MUST_CHECK;

#endif
