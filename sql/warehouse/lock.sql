-- Takes the workspace's lease, if nobody has it. $1 workspace, $2 the process that takes it. Otherwise: the process
-- that has it, the same with role and session, or the session or prepared transaction that has locked its row; and the
-- statement that ends it. And our session.
select t.taken, f.holder,
	case when f.holder is not null then format('%s (session %s of role %s)', f.holder, f.backend, f.role_name)
		when b.gid is not null then format('a prepared transaction of role %s, of %s UTC, which has locked its '
			'row in sahut_etl.workspace_lease', b.usename,
			to_char(b.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
		when b.pid is not null then format('session %s of role %s (%s), which has locked its row in '
			'sahut_etl.workspace_lease', b.pid, b.usename,
			coalesce(nullif(b.application_name, ''), 'without a name')) end as in_the_way,
	case when b.gid is not null then format('rollback prepared %L', b.gid)
		else 'select pg_terminate_backend(' || coalesce(f.backend, b.pid) || ')' end as its_end,
	t.backend as our_backend
from sahut_etl.take_lease($1::integer, $2) t
left join sahut_etl.lease_in_force f on f.workspace_id = $1::integer and not t.taken
left join lateral (
	select a.pid, p.gid, coalesce(p.owner, a.usename) as usename, a.application_name,
		coalesce(p.prepared, a.xact_start) as since
	from pg_catalog.pg_locks k
	left join pg_catalog.pg_stat_activity a on a.pid = k.pid
	left join (pg_catalog.pg_prepared_xacts p
		join pg_catalog.pg_locks x on x.transactionid = p.transaction and x.pid is null)
		on k.pid is null and x.virtualtransaction = k.virtualtransaction
	where k.relation = 'sahut_etl.workspace_lease'::regclass and k.mode = 'RowShareLock' and k.granted
	and k.pid is distinct from t.backend and (a.pid is not null or p.gid is not null)
	order by since nulls last, k.pid limit 1
) b on not t.taken and f.holder is null
