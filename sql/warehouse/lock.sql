-- Takes the workspace's lease, if nobody has it. $1 workspace, $2 the process that takes it. Otherwise: the process
-- that has it, the same with role and session, and that session; or the session that has locked its row. And our
-- session.
select t.taken, f.holder,
	case when f.holder is not null then format('%s (session %s of role %s)', f.holder, f.backend, f.role_name)
		when b.pid is not null then format('session %s of role %s (%s), which has locked its row in '
			'sahut_etl.workspace_lease', b.pid, b.usename,
			coalesce(nullif(b.application_name, ''), 'without a name')) end as in_the_way,
	coalesce(f.backend, b.pid) as its_backend, t.backend as our_backend
from sahut_etl.take_lease($1::integer, $2) t
left join sahut_etl.lease_in_force f on f.workspace_id = $1::integer and not t.taken
left join lateral (
	select a.pid, a.usename, a.application_name
	from pg_catalog.pg_locks k
	join pg_catalog.pg_stat_activity a on a.pid = k.pid
	where k.relation = 'sahut_etl.workspace_lease'::regclass and k.mode = 'RowShareLock' and k.granted
	and k.pid <> t.backend
	order by a.xact_start nulls last, k.pid limit 1
) b on not t.taken and f.holder is null
