/* SPDX-License-Identifier: MIT */
#include "erase.h"

#include "script.h"
#include "sql.h"

static void add(struct script *s, const char *sql, const char *contact, const char *workspace)
{
	script_add(s, sql);
	script_text(s, contact);
	script_text(s, workspace);
}

/*
 * The mark is committed first: batches that begin after it see it, and those
 * that began before are waited for by the lock.
 */
bool erase_contact(struct pg *pg, const char *contact, const char *workspace, struct table **erased,
		   struct err *err)
{
	struct script *s = script_new();
	bool ok;

	add(s, sql_erase_mark, contact, workspace);
	script_add(s, "begin");
	script_add(s, "set local lock_timeout = '60s'");
	script_add(s, sql_erase_lock);
	add(s, sql_erase_contact, contact, workspace);
	script_add(s, "commit");
	ok = script_run(s, pg, erased, err);
	script_free(&s);
	return ok;
}
