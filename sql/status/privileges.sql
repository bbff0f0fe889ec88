-- What the daemon's role lacks: the GRANT that is missing, a row each; none is good. Where migrate has made the role for
-- it, membership is all that is needed.
with wanted(schema, rights) as (
	values ('sahut', 'select, insert, update, delete'), ('sahut_pii', 'select, insert, update, delete'),
		('sahut_report', 'select, insert, update, delete'), ('sahut_etl', 'select, insert, update, delete')
), lacking as (
	select format('grant usage on schema %I to %I', w.schema, current_user) as remedy
	from wanted w
	where not has_schema_privilege(w.schema, 'usage')
	union all
	select format('grant %s on all tables in schema %I to %I', w.rights, w.schema, current_user)
	from wanted w
	where exists (
		select from pg_catalog.pg_class c
		join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where n.nspname = w.schema and c.relkind in ('r', 'p') and not (w.schema = 'sahut_etl' and c.relname = 'migration')
		and not (has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert') and has_table_privilege(c.oid, 'update')
			and has_table_privilege(c.oid, 'delete')))
	union all
	select format('grant usage on all sequences in schema %I to %I', w.schema, current_user)
	from wanted w
	where exists (
		select from pg_catalog.pg_class c
		join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		where n.nspname = w.schema and case when c.relkind = 'S' then not has_sequence_privilege(c.oid, 'usage') end)
	union all
	select format('grant execute on all functions in schema sahut_etl to %I', current_user)
	where exists (
		select from pg_catalog.pg_proc p
		join pg_catalog.pg_namespace n on n.oid = p.pronamespace
		where n.nspname = 'sahut_etl' and p.prorettype <> 'trigger'::regtype and not has_function_privilege(p.oid, 'execute'))
)
select format('grant sahut_writer to %I', current_user)
where exists (select from lacking) and exists (select from pg_catalog.pg_roles r where r.rolname = 'sahut_writer')
and not pg_has_role('sahut_writer', 'usage')
union all
select l.remedy from lacking l
where not exists (select from pg_catalog.pg_roles r where r.rolname = 'sahut_writer') or pg_has_role('sahut_writer', 'usage')
union all
select format('grant temporary on database %I to %I', current_database(), current_user)
where not has_database_privilege(current_database(), 'temporary')
