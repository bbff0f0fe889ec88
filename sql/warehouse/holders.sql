-- Every workspace: who works on it, whether anybody does, what it is called, whether a daemon ever did; and a session
-- that has the advisory lock without the lease.
select w.id, w.name, f.holder, f.workspace_id is not null as is_held, s.workspace_id is not null as had_daemon,
	(select format('session %s of role %s (%s)', k.pid, a.usename,
		coalesce(nullif(a.application_name, ''), 'without a name'))
	from pg_catalog.pg_locks k
	join pg_catalog.pg_stat_activity a on a.pid = k.pid
	where k.locktype = 'advisory' and k.classid = 1396786261 and k.objid::bigint = w.id and k.objsubid = 2
	and k.granted
	and k.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
	and k.pid is distinct from f.backend
	order by k.pid limit 1) as stranger
from sahut_etl.workspace w
left join sahut_etl.lease_in_force f on f.workspace_id = w.id
left join sahut_etl.schedule s on s.workspace_id = w.id
