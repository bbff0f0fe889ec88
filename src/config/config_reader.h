/* SPDX-License-Identifier: MIT */
/*
 * config_reader.h -- Reads a YAML tree into structs, by a table of keys.
 *
 * Knows types and ranges, but no key: the tables are config.c's. Goes on
 * after an error, so that an administrator sees all of them at once.
 */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H

#include "arena.h"
#include "base.h"
#include "buf.h"
#include "yaml_tree.h"

enum key_type {
	KEY_TEXT,     /* const char *; empty is refused */
	KEY_URL,      /* const char *; https, or http to this machine; a slash at the end is cut */
	KEY_CONNINFO, /* const char *; libpq's */
	KEY_SECRET_FILE, /* const char *: the file's name; the secret goes to the char * at
			  * `also` */
	KEY_INT,	 /* int64_t, from min to max */
	KEY_PERCENT,	 /* int64_t, "20%", from min to max */
	KEY_DURATION,	 /* int64_t microseconds, "30s", from min to max */
	KEY_CLOCK,	 /* int minutes after midnight, "02:30" */
	KEY_ZONE,	 /* const char *; an IANA time zone */
	KEY_LISTEN,	 /* const char *; address:port */
	KEY_KEEP,	 /* bool: keep or drop */
	KEY_LEVEL,	 /* int: an enum log_level */
	KEY_CHOICE,	 /* int: the place among `choices`, from 0 */
	KEY_OWN,	 /* a type of its own, that `read` writes */
	KEY_SECTION,	 /* a map with keys of its own */
	KEY_LIST,	 /* a list of maps with keys of their own; see `size` */
};

struct config_reader;

/* One key. A row without a name ends a table. */
struct key {
	const char *name;
	enum key_type type;
	size_t offset;	      /* in the struct of its section */
	const char *fallback; /* the value when the file says nothing; NULL: none */
	const char *choices;  /* "json|slack" */
	int64_t min, max;
	bool required;
	bool optional;		/* of a section: if it is left out, its keys are not looked for */
	bool later;		/* a change breaks nothing off that runs or is open */
	size_t also;		/* of a second place: a secret, or the count of a list */
	const struct key *keys; /* of a section or a list */
	size_t size;		/* of a list's element */
	void (*read)(struct config_reader *in, const struct yaml *node, const char *where,
		     void *to);
	const char *help; /* a sentence, for --help and the manual */
};

#define KEY_END \
	{ \
		.name = NULL \
	}

struct config_reader {
	struct arena *arena; /* for the values */
	const char *path;    /* of the file; secrets may stand beside it */
	const char *secrets; /* the section whose secrets are read, no others; NULL: all are */
	struct buf *shown;   /* each value is added, with its file and line; or NULL */
	struct buf complaints;
	int n_complaints;
};

/*
 * Reads the map NODE (NULL: an empty one) into the struct at BASE. WHERE is
 * its path, "" for the root.
 */
void config_reader_section(struct config_reader *in, const struct key *keys,
			   const struct yaml *node, const char *where, void *base);

/* Adds a complaint about NODE. */
void config_reader_complain(struct config_reader *in, const struct yaml *node, const char *where,
			    const char *fmt, ...) PRINTF_LIKE(4, 5);

/*
 * Whether two structs of a table have the same values, but for keys whose change
 * may wait. Of a secret the secret counts, not its file.
 */
bool config_reader_same(const struct key *keys, const void *a, const void *b) MUST_CHECK;

/* Wipes the secrets that a table's keys hold. */
void config_reader_wipe(const struct key *keys, void *base);

#endif
