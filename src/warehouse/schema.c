/* SPDX-License-Identifier: MIT */
#include "schema.h"

#include <stdio.h>
#include <string.h>

#include "citus.h"
#include "doctor.h"
#include "lock_holder.h"
#include "script.h"
#include "sql.h"
#include "table.h"

/*
 * PostgreSQL 13 is the oldest that is promised; a version newer than those tested is no reason to
 * refuse.
 */
#define OLDEST_SERVER 130000

int schema_version(void)
{
	int n = 0;

	while (sql_migrations[n].name)
		n++;
	return n;
}

static bool server_is_known(const struct pg *pg, struct err *err)
{
	int version = pg_server_version(pg);

	if (version >= OLDEST_SERVER)
		return true;
	return err_set(err, ERR_CONFIG,
		       "the database server is PostgreSQL %d; 13 or newer is needed",
		       version / 10000);
}

/* The version that the warehouse has; 0 where there is none. */
static bool read_version(struct pg *pg, int *version, struct err *err)
{
	struct pg_step exists = { .sql = sql_schema_exists },
		       newest = { .sql = sql_warehouse_schema_version };
	struct table *table = NULL;
	bool ok = pg_run(pg, &exists, 1, &table, err),
	     there = ok && table_get_bool(table, 0, "is_there");

	table_free(&table);
	*version = 0;
	if (!ok || !there)
		return ok;
	ok = pg_run(pg, &newest, 1, &table, err);
	if (ok)
		*version = (int)table_get_int(table, 0, "version");
	table_free(&table);
	return ok;
}

/* Passes OK on; the advice for a person goes into ERR. */
static bool advise(bool ok, struct err *err, const char *advice)
{
	snprintf(err->advice, sizeof(err->advice), "%s", advice);
	return ok;
}

bool schema_check(struct pg *pg, struct err *err)
{
	int version;

	if (!server_is_known(pg, err))
		return false;
	if (!read_version(pg, &version, err)) {
		if (err->kind == ERR_DENIED) {
			err_wrap(err, "the warehouse cannot be read");
			doctor_advise(pg, err);
		}
		return false;
	}
	if (version == schema_version())
		return true;
	if (version == 0)
		return advise(err_set(err, ERR_CONFIG,
				      "there is no warehouse in this database yet"),
			      err, "make it, as the database's owner: sahut-etl migrate");
	if (version < schema_version())
		return advise(err_set(err, ERR_CONFIG,
				      "the warehouse has schema version %d, this program needs %d",
				      version, schema_version()),
			      err, "bring it there, as the tables' owner: sahut-etl migrate");
	return advise(err_set(err, ERR_CONFIG,
			      "the warehouse has schema version %d, which is newer than this "
			      "program's %d",
			      version, schema_version()),
		      err, "install a newer sahut-etl");
}

/* Whether an applied migration is still the one that this program has under that number. */
static bool is_unchanged(struct pg *pg, const struct table *applied, int row, struct err *err)
{
	CLEANUP(script_free) struct script *s = script_new();
	CLEANUP(table_free) struct table *table = NULL;
	int version = (int)table_get_int(applied, row, "version");

	script_add(s, sql_schema_checksum);
	script_text(s, sql_migrations[version - 1].sql);
	if (!script_run(s, pg, &table, err))
		return false;
	if (strcmp(table_get(table, 0, "checksum"), table_get(applied, row, "checksum")) == 0)
		return true;
	return advise(err_set(err, ERR_CONFIG,
			      "migration %d (%s) was applied in another wording; this program is "
			      "not the one that made the warehouse",
			      version, table_get(applied, row, "name")),
		      err,
		      "use the program that made it, or dump the tables you need and make the "
		      "warehouse anew");
}

static bool check_applied(struct pg *pg, int version, struct err *err)
{
	CLEANUP(table_free) struct table *applied = NULL;
	struct pg_step step = { .sql = sql_schema_applied };

	if (version > schema_version())
		return schema_check(pg, err);
	if (version > 0 && !pg_run(pg, &step, 1, &applied, err))
		return false;
	for (int row = 0; row < table_rows(applied); row++)
		if (!is_unchanged(pg, applied, row, err))
			return false;
	return true;
}

static bool apply(struct pg *pg, int version, struct err *err)
{
	CLEANUP(script_free) struct script *s = script_new();
	const struct sql_migration *m = &sql_migrations[version - 1];

	script_add(s, "begin");
	script_add(s, m->sql);
	script_add(s, sql_schema_record);
	script_int(s, version);
	script_text(s, m->name);
	script_text(s, m->sql);
	script_add(s, "commit");
	return script_run(s, pg, NULL, err) || err_wrap(err, "migration %d (%s)", version, m->name);
}

/* Applies one, unless another migrate has done so meanwhile. */
static bool apply_once(struct pg *pg, int version, struct err *err)
{
	struct err ignored;
	int there;

	return apply(pg, version, err) || (read_version(pg, &there, &ignored) && there >= version);
}

/* A role that somebody else has just made is as good. */
static bool make_role(struct pg *pg, const char *create, struct err *err)
{
	return pg_exec(pg, create, err) || strcmp(err->code, "42710") == 0 ||
	       strcmp(err->code, "23505") == 0;
}

/* Makes the roles that are missing, or says how. */
static bool make_roles(struct pg *pg, bool dry_run, struct buf *report, struct buf *lacking,
		       struct err *err)
{
	static const struct {
		const char *name, *create;
	} roles[] = {
		{ "sahut_writer", "create role sahut_writer nologin" },
		{ "sahut_reader", "create role sahut_reader nologin" },
		{ "sahut_analyst", "create role sahut_analyst nologin" },
		{ "sahut_pii_reader", "create role sahut_pii_reader nologin" },
	};
	CLEANUP(table_free) struct table *missing = NULL;
	struct pg_step step = { .sql = sql_schema_roles };

	if (!pg_run(pg, &step, 1, &missing, err))
		return false;
	for (int row = 0; row < table_rows(missing); row++) {
		for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
			bool may = table_get_bool(missing, row, "may_make");

			if (strcmp(roles[i].name, table_get(missing, row, "name")) != 0)
				continue;
			if (may && !dry_run && !make_role(pg, roles[i].create, err))
				return false;
			if (may)
				buf_printf(report, "%s\n", roles[i].create);
			else
				buf_printf(lacking, "%s; ", roles[i].create);
		}
	}
	return true;
}

bool schema_unchanged(struct pg *pg, struct err *err)
{
	return check_applied(pg, schema_version(), err);
}

/* Whether the migrations can be run at all; the first thing that stands in their way. */
static bool can_migrate(struct pg *pg, struct err *err)
{
	CLEANUP(table_free) struct table *found = NULL;
	struct pg_step step = { .sql = sql_schema_can_migrate };

	if (!pg_run(pg, &step, 1, &found, err))
		return false;
	if (table_rows(found) == 0)
		return true;
	return advise(err_set(err, err_kind_parse(table_get(found, 0, "kind")), "%s",
			      table_get(found, 0, "what")),
		      err, table_get(found, 0, "remedy"));
}

/* The warehouse belongs to the database's owner, or to the role that owned it before. */
static bool become_owner(struct pg *pg, struct err *err)
{
	return pg_exec(pg, sql_schema_owner, err);
}

/* Whether another migrate has begun meanwhile. */
static bool is_begun(struct pg *pg)
{
	struct err ignored;
	int version;

	return read_version(pg, &version, &ignored) && version > 0;
}

/* Grants the privileges; a line in the report where they were not granted before. */
static bool grant(struct pg *pg, bool fresh, struct buf *report, struct err *err)
{
	static const struct pg_step steps[] = { { .sql = sql_schema_privileges } };
	CLEANUP(table_free) struct table *before = NULL;
	CLEANUP(table_free) struct table *after = NULL;

	/* Two that grant the same at once would be in each other's way. */
	if (!pg_exec(pg, "begin; lock table sahut_etl.migration in exclusive mode", err) ||
	    !pg_run(pg, steps, 1, &before, err) || !pg_exec(pg, sql_schema_grants, err) ||
	    !pg_run(pg, steps, 1, &after, err) || !pg_exec(pg, "commit", err))
		return false;
	if (!fresh && strcmp(table_get(before, 0, "granted"), table_get(after, 0, "granted")) != 0)
		buf_str(report, "grants: some were missing\n");
	return true;
}

/* Makes the configured fields columns; a line in the report for each that differs. */
static bool make_columns(struct pg *pg, const struct schema_wish *wish, struct buf *report,
			 struct err *err)
{
	const char *configured = wish->attributes;
	const struct pg_step compare = { .sql = sql_schema_attributes,
					 .params = { configured },
					 .n = 1 },
			     take = { .sql = sql_schema_take_attributes,
				      .params = { configured },
				      .n = 1 };
	CLEANUP(table_free) struct table *found = NULL;

	if (!pg_run(pg, &compare, 1, &found, err))
		return false;
	if (!wish->dry_run && table_rows(found) > 0 && !pg_run(pg, &take, 1, NULL, err))
		return false;
	for (int row = 0; row < table_rows(found); row++)
		buf_printf(report, "column %s of sahut_report.conversation_times, for %s: %s\n",
			   table_get(found, row, "name"), table_get(found, row, "workspace"),
			   table_get(found, row, "change"));
	return true;
}

/* The same, alone; with nothing of it when it fails. */
static bool shape(struct pg *pg, const struct schema_wish *wish, struct buf *report,
		  struct err *err)
{
	return !wish->attributes ||
	       (pg_exec(pg, "begin; lock table sahut_etl.migration in exclusive mode", err) &&
		make_columns(pg, wish, report, err) && pg_exec(pg, "commit", err)) ||
	       err_wrap(err, "the columns of sahut_report.conversation_times");
}

/* The columns and the grants. Before the migrations a dry run has nothing to compare with. */
static bool finish(struct pg *pg, const struct schema_wish *wish, int version, struct buf *report,
		   struct err *err)
{
	bool fresh = version < schema_version();

	if ((!wish->dry_run || !fresh) && !shape(pg, wish, report, err))
		return false;
	return wish->dry_run || grant(pg, fresh, report, err);
}

static bool migrate(struct pg *pg, const struct schema_wish *wish, struct buf *report,
		    struct err *err)
{
	CLEANUP(buf_free) struct buf lacking = BUF_MAX(sizeof(err->advice));
	bool distributed = wish->distributed, dry_run = wish->dry_run;
	int version;

	if (distributed ? !citus_check(pg, err) : !citus_begun(pg, &distributed, err))
		return false;
	if (!become_owner(pg, err) || !read_version(pg, &version, err) ||
	    !check_applied(pg, version, err) ||
	    (version == 0 && !can_migrate(pg, err) && !is_begun(pg)))
		return false;
	for (int next = version + 1; next <= schema_version(); next++) {
		if (!dry_run && !apply_once(pg, next, err))
			return false;
		buf_printf(report, "migration %d: %s\n", next, sql_migrations[next - 1].name);
	}
	/* The role that connected makes the roles; the owner need not be allowed to. */
	if (!pg_exec(pg, "reset role", err) || !make_roles(pg, dry_run, report, &lacking, err) ||
	    !become_owner(pg, err))
		return false;
	/* A later migration may have made a table that is to be distributed, too. */
	if (distributed && !citus_apply(pg, dry_run, report, err))
		return false;
	if (!finish(pg, wish, version, report, err))
		return false;
	if (lacking.len == 0)
		return true;
	buf_str(&lacking, "then run migrate again");
	return advise(
		err_set(err, ERR_DENIED,
			"roles are missing, and this role may not make any; all else is done"),
		err, buf_text(&lacking));
}

bool schema_migrate(struct pg *pg, const struct schema_wish *wish, struct buf *report,
		    struct err *err)
{
	/* An index may take as long as it takes; for how long a lock, sql/pins.sql says. */
	if (!server_is_known(pg, err) || !pg_exec(pg, "set statement_timeout = 0", err))
		return false;
	if (migrate(pg, wish, report, err))
		return true;
	lock_holder_name(pg, true, err);
	return false;
}
