/* SPDX-License-Identifier: MIT */
#include "servers.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "mem.h"

/* A name with more addresses is cut; each of them could take a whole deadline. */
#define MOST_ADDRESSES 16

#define DEFAULT_PORT "5432"

struct servers {
	struct server *hosts; /* `address` as it was given */
	size_t n, turn;	      /* how many, and how many have had their turn */
	size_t begin;	      /* whose turn is the first */
	struct server last;   /* which worked; of a host's addresses it comes first */
	struct server host;   /* the one in turn; of the addresses found, the rest is still to be
                             * tried */
	char found[MOST_ADDRESSES][sizeof(((struct server *)0)->address)];
	size_t n_found, next;
};

static size_t count(const char *list)
{
	size_t n = 1;

	for (; *list; list++)
		n += *list == ',';
	return n;
}

/* The I-th of a list into BUF; of a list of one, that one. */
static void element(const char *list, size_t i, char *buf, size_t size)
{
	if (count(list) == 1)
		i = 0;
	for (; i > 0; i--)
		list += strcspn(list, ",") + 1;
	snprintf(buf, size, "%.*s", (int)strcspn(list, ","), list);
}

static bool is_socket(const struct server *server)
{
	return server->host[0] == '/' || server->host[0] == '@' ||
	       (!server->host[0] && !server->address[0]);
}

struct servers *servers_new(const char *hosts, const char *addresses, const char *ports,
			    const struct server *first)
{
	struct servers *servers;
	size_t n;

	hosts = hosts ? hosts : "";
	addresses = addresses ? addresses : "";
	ports = ports ? ports : "";
	n = count(*addresses ? addresses : hosts);
	if ((*addresses && *hosts && count(hosts) != n) || (count(ports) != 1 && count(ports) != n))
		return NULL;
	servers = mem_new(sizeof(*servers));
	servers->n = n;
	servers->hosts = mem_new(n * sizeof(*servers->hosts));
	for (size_t i = 0; i < n; i++) {
		struct server *host = &servers->hosts[i];

		if (*hosts)
			element(hosts, i, host->host, sizeof(host->host));
		if (*addresses)
			element(addresses, i, host->address, sizeof(host->address));
		element(ports, i, host->port, sizeof(host->port));
		if (!host->port[0])
			snprintf(host->port, sizeof(host->port), DEFAULT_PORT);
		if (first && strcmp(first->host, host->host) == 0 &&
		    strcmp(first->port, host->port) == 0) {
			servers->begin = (i + first->avoid) % n;
			servers->last = *first;
		}
	}
	return servers;
}

void servers_free(struct servers **servers)
{
	if (!*servers)
		return;
	mem_free(&(*servers)->hosts);
	mem_free(servers);
}

/* The one that worked last is tried before its neighbours; one to be avoided, after them. */
static void put_in_order(struct servers *servers)
{
	char kept[sizeof(servers->found[0])];

	for (size_t i = 0; i < servers->n_found; i++) {
		size_t after = servers->n_found - i - 1;

		if (strcmp(servers->found[i], servers->last.address) != 0)
			continue;
		memcpy(kept, servers->found[i], sizeof(kept));
		if (servers->last.avoid) {
			memmove(servers->found[i], servers->found[i + 1], after * sizeof(kept));
			memcpy(servers->found[servers->n_found - 1], kept, sizeof(kept));
			return;
		}
		memmove(servers->found[1], servers->found[0], i * sizeof(kept));
		memcpy(servers->found[0], kept, sizeof(kept));
	}
}

/* Finds the addresses of HOST. */
static bool look_up(struct servers *servers, const struct server *host, struct err *err)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	const char *name = host->address[0] ? host->address : host->host;
	int why;

	hints.ai_flags = host->address[0] ? AI_NUMERICHOST : 0;
	servers->next = servers->n_found = 0;
	why = getaddrinfo(name, NULL, &hints, &found);
	if (why != 0)
		return err_set(err, ERR_UNAVAILABLE, "no address of \"%s\" can be found: %s", name,
			       gai_strerror(why));
	for (struct addrinfo *it = found; it && servers->n_found < MOST_ADDRESSES; it = it->ai_next)
		servers->n_found +=
			getnameinfo(it->ai_addr, it->ai_addrlen, servers->found[servers->n_found],
				    sizeof(servers->found[0]), NULL, 0, NI_NUMERICHOST) == 0;
	freeaddrinfo(found);
	put_in_order(servers);
	return true;
}

enum servers_next servers_next(struct servers *servers, struct server *server, struct err *err)
{
	if (servers->next == servers->n_found) {
		if (servers->turn == servers->n)
			return SERVERS_END;
		*server = servers->hosts[(servers->begin + servers->turn++) % servers->n];
		if (is_socket(server))
			return SERVERS_ONE;
		servers->host = *server;
		if (!look_up(servers, server, err))
			return SERVERS_FAILED;
	}
	*server = servers->host;
	snprintf(server->address, sizeof(server->address), "%s", servers->found[servers->next++]);
	return SERVERS_ONE;
}

const char *servers_name(const struct server *server, char *buf, size_t size)
{
	const char *host = server->host[0] ? server->host : server->address;
	bool both = server->address[0] && strcmp(host, server->address) != 0;

	if (!host[0])
		host = "the default socket";
	snprintf(buf, size, "%s port %s%s%s%s", host, server->port, both ? " (" : "",
		 both ? server->address : "", both ? ")" : "");
	return buf;
}
