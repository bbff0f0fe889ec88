-- The obstacles to making the schemas: the kind of the failure, a sentence, and the remedy. The first row is the one to
-- mend first. A schema that is there may be used when it is ours and empty.
with wanted(name) as (values ('sahut'), ('sahut_pii'), ('sahut_report'), ('sahut_etl')),
there as (
	select n.nspname as name, pg_has_role(n.nspowner, 'usage') as is_ours,
		exists (select from pg_catalog.pg_class c where c.relnamespace = n.oid)
		or exists (select from pg_catalog.pg_proc p where p.pronamespace = n.oid) as is_used
	from pg_catalog.pg_namespace n join wanted w on w.name = n.nspname
)
select 1 as place, 'config' as kind,
	format('the database %s is encoded in %s, in which not every text can be kept', d.datname,
		pg_encoding_to_char(d.encoding)) as what,
	format('make it anew: createdb -E UTF8 -T template0 %s', case when d.datname ~ '^[A-Za-z_][A-Za-z0-9_.-]*$'
		then d.datname else quote_literal(d.datname) end) as remedy
from pg_catalog.pg_database d
where d.datname = current_database() and pg_encoding_to_char(d.encoding) not in ('UTF8', 'SQL_ASCII')
union all
select 2, 'config', format('the schema %s is there already, and something else is in it', t.name),
	format('give that another name: alter schema %s rename to %s_before;', t.name, t.name)
from there t
where t.is_used
union all
select 3, 'denied', format('the schema %s is there already, and belongs to somebody else', t.name),
	format('as an administrator: alter schema %s owner to %I;', t.name, current_user)
from there t
where not t.is_ours
union all
select 4, 'denied', format('role %s may not make schemas in database %s', current_user, current_database()),
	format('as an administrator: grant create on database %I to %I;', current_database(), current_user)
where not has_database_privilege(current_database(), 'create')
and exists (select from wanted w where w.name not in (select t.name from there t))
order by 1, 3
limit 1
