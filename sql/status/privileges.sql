-- What the daemon's role lacks: the GRANT that is missing, a row each; none is good.
with wanted(schema, rights) as (
	values ('sahut', 'select, insert, update, delete'), ('sahut_pii', 'select, insert, update, delete'),
		('sahut_etl', 'select, insert, update, delete')
)
select format('grant usage on schema %I to %I', w.schema, current_user)
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
select format('grant temporary on database %I to %I', current_database(), current_user)
where not has_database_privilege(current_database(), 'temporary')
