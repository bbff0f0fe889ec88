-- The missing privileges of the daemon's role, and of readers: the GRANT, a row each; none is good. Where migrate has
-- made the role for the daemon, membership is all that it needs.
with part(place, schema, role, rights) as (
	select 1, s, current_user::name, array['select', 'insert', 'update', 'delete']
	from unnest(array['sahut', 'sahut_pii', 'sahut_report', 'sahut_etl']) s
	union all
	select 2, s, r.rolname, array['select']
	from (values ('sahut_reader', 'sahut_report'), ('sahut_analyst', 'sahut_report'), ('sahut_analyst', 'sahut'),
		('sahut_pii_reader', 'sahut_pii')) x(role, s)
	join pg_catalog.pg_roles r on r.rolname = x.role
), object as (
	select p.*, c.oid, c.relname, count(*) over (partition by p.place, p.schema, p.role) as n,
		array(select r from unnest(p.rights) with ordinality u(r, i)
			where (r = 'select' or (c.relkind <> 'v'
				and not (p.schema = 'sahut_etl' and c.relname in ('attribute', 'migration'))))
			and not has_table_privilege(p.role, c.oid, r) order by i) as lacks
	from part p
	join pg_catalog.pg_class c on c.relnamespace = to_regnamespace(p.schema) and c.relkind in ('r', 'p', 'v')
), lacking(place, remedy) as (
	select p.place, format('grant usage on schema %I to %I', p.schema, p.role)
	from part p
	where not has_schema_privilege(p.role, p.schema, 'usage')
	union all
	select distinct o.place, case when o.n_lacking = o.n
		then format('grant %s on all tables in schema %I to %I', array_to_string(o.rights, ', '), o.schema,
		o.role)
		else format('grant %s on %I.%I to %I', array_to_string(o.lacks, ', '), o.schema, o.relname, o.role) end
	from (select x.*, count(*) filter (where x.lacks <> '{}')
		over (partition by x.place, x.schema, x.role) as n_lacking from object x) o
	where o.lacks <> '{}'
	union all
	select p.place, format('grant usage on all sequences in schema %I to %I', p.schema, p.role)
	from part p
	where p.place = 1 and exists (
		select from pg_catalog.pg_class c
		where c.relnamespace = to_regnamespace(p.schema) and case when c.relkind = 'S'
			then not has_sequence_privilege(p.role, c.oid, 'usage') end)
	union all
	select r.place, format('grant execute on function %s to %I', f.oid::regprocedure, r.role)
	from pg_catalog.pg_proc f
	join (
		select 1 as place, current_user::name as role, false as definer
		union all select 2, rolname, true from pg_catalog.pg_roles
			where rolname in ('sahut_reader', 'sahut_analyst')
	) r on not r.definer or (f.prosecdef and f.provolatile <> 'v')
	where f.pronamespace = to_regnamespace('sahut_etl') and f.prorettype <> 'trigger'::regtype
		and f.proname not in ('shape_rows', 'take_attributes')
		and not has_function_privilege(r.role, f.oid, 'execute')
), member as (
	select exists (select from pg_catalog.pg_roles r where r.rolname = 'sahut_writer') as possible,
		exists (select from pg_catalog.pg_roles r where r.rolname = 'sahut_writer'
			and pg_has_role(r.oid, 'usage')) as there,
		exists (select from pg_catalog.pg_roles r where r.rolname = 'sahut_writer'
			and pg_has_role(r.oid, 'member')) as granted
)
-- Granted, and still not there: the role does not inherit.
select case when not m.granted then format('grant sahut_writer to %I', current_user)
	when current_setting('server_version_num')::integer >= 160000
		then format('grant sahut_writer to %I with inherit true', current_user)
	else format('alter role %I inherit', current_user) end as remedy
from member m
where m.possible and not m.there and exists (select from lacking l where l.place = 1)
union all
select l.remedy from lacking l cross join member m where l.place = 2 or m.there or not m.possible
union all
select format('grant temporary on database %I to %I', current_database(), current_user)
where not has_database_privilege(current_database(), 'temporary')
