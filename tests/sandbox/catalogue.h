/* SPDX-License-Identifier: MIT */
/*
 * catalogue.h -- the channels, agents, teams and labels of a workspace.
 *
 * Each entry carries its JSON ready to be copied into a page. Channels,
 * agents and teams are the same few in every workspace, with ids of its own;
 * labels may be added.
 */
#ifndef CATALOGUE_H
#define CATALOGUE_H

#include "base.h"
#include "ident.h"

/* A conversation keeps its labels as bits. */
#define CATALOGUE_MOST_LABELS 32

/* Bytes that the name of a label may have. */
#define CATALOGUE_LONGEST_LABEL 64

struct catalogue_entry {
	char id[IDENT_SIZE]; /* "" for a label */
	char *name;
	char *json;
	size_t json_len;
};

struct catalogue_list {
	struct catalogue_entry *entries;
	int n;
};

struct catalogue {
	struct catalogue_list channels, agents, teams, labels;
	int usual_labels; /* those that were there from the beginning */
};

/* Fills the catalogue of the workspace with this tag. */
void catalogue_init(struct catalogue *catalogue, uint32_t tag);

/* Frees its entries. */
void catalogue_done(struct catalogue *catalogue);

/* The place of the entry with this id, or -1. */
int catalogue_find(const struct catalogue_list *list, const char *id) MUST_CHECK;

/*
 * The place of a label, which is added when it is new; -1 when its name is
 * empty or too long, or there are too many.
 */
int catalogue_label(struct catalogue *catalogue, const char *name) MUST_CHECK;

/* The place of the channel that a contact of this taste (0 to 99) likes. */
uint8_t catalogue_channel_for(unsigned taste) MUST_CHECK;

/* Whether a channel is one in which nobody has a telephone number. */
bool catalogue_is_mail(int channel) MUST_CHECK;

/* The team that an agent belongs to; both are places. */
uint8_t catalogue_team_of(int agent) MUST_CHECK;

#endif
