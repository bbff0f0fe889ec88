-- Workers of Citus where a member of a role of ours is none, and those that this session's role cannot ask. A superuser
-- needs no membership.
with asked as materialized (
	select n.nodename || ':' || n.nodeport as worker, n.success, n.result
	from pg_catalog.run_command_on_workers($c$
		select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(r.rolname, m.rolname)), '[]')::text
		from pg_catalog.pg_auth_members a
		join pg_catalog.pg_roles r on r.oid = a.roleid
		join pg_catalog.pg_roles m on m.oid = a.member
		where r.rolname in ('sahut_writer', 'sahut_reader', 'sahut_analyst', 'sahut_pii_reader')
	$c$) n
), here as materialized (
	select r.rolname as role, m.rolname as member
	from pg_catalog.pg_auth_members a
	join pg_catalog.pg_roles r on r.oid = a.roleid
	join pg_catalog.pg_roles m on m.oid = a.member
	where r.rolname in ('sahut_writer', 'sahut_reader', 'sahut_analyst', 'sahut_pii_reader') and not m.rolsuper
)
select a.worker, 'as ' || current_user || ': ' || a.result as problem,
	'let ' || current_user || ' connect from the coordinator to ' || a.worker
		|| ' (pg_hba.conf there, .pgpass here)' as remedy
from asked a
where not a.success
union all
select a.worker, h.member || ' is no member of ' || h.role || ' there',
	'as the owner of the warehouse run: sahut-etl migrate --distributed'
from asked a
cross join here h
where a.success and not exists (
	select from json_array_elements(case when a.success then a.result else '[]' end::json) j
	where j ->> 0 = h.role and j ->> 1 = h.member)
order by 1, 2
