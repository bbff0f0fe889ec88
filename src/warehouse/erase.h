/* SPDX-License-Identifier: MIT */
/*
 * erase.h -- Erases a contact for good.
 *
 * Name, phone, the phone's hash and all other members of the contact leave the
 * warehouse, and rejected items of it lose their content; the conversations
 * stay. Later syncs load none of it again. Needs no workspace's lock: a batch
 * that is being merged meanwhile ends first.
 */
#ifndef ERASE_H
#define ERASE_H

#include "err.h"
#include "pg.h"
#include "table.h"

/*
 * Erases CONTACT in the workspace of that name, or with NULL in each that
 * knows it. ERASED gets a row for each such workspace: its name, whether
 * something that identifies the contact was held, and how many rejected
 * items were emptied. The caller frees it.
 */
bool erase_contact(struct pg *pg, const char *contact, const char *workspace, struct table **erased,
		   struct err *err) MUST_CHECK;

#endif
