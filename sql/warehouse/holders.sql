-- Every workspace: the process that works on it, whether one does now, its name, whether a daemon ever did; and a
-- session, or a prepared transaction, that has the advisory lock without the lease, with the statement that ends it.
select w.id, w.name, f.holder, f.workspace_id is not null as is_held, s.workspace_id is not null as had_daemon,
	case when a.pid is not null then format('session %s of role %s (%s%s)', a.pid, a.usename,
			coalesce(nullif(a.application_name, ''), 'without a name'),
			(select to_char(l.stranger_seen_at at time zone 'UTC', '", first seen "YYYY-MM-DD"T"HH24:MI:SS"Z"')
			from sahut_etl.workspace_lease l where l.workspace_id = w.id and l.stranger = a.pid))
		when p.gid is not null then format('a prepared transaction of role %s, of %s UTC,', p.owner,
			to_char(p.prepared at time zone 'UTC', 'YYYY-MM-DD HH24:MI')) end as stranger,
	case when a.pid is not null then format('select pg_terminate_backend(%s)', a.pid)
		when p.gid is not null then format('rollback prepared %L', p.gid) end as its_end
from sahut_etl.workspace w
left join sahut_etl.lease_in_force f on f.workspace_id = w.id
left join sahut_etl.schedule s on s.workspace_id = w.id
left join sahut_etl.lock_without_lease x on x.workspace_id = w.id
left join pg_catalog.pg_stat_activity a on a.pid = x.backend
left join pg_catalog.pg_prepared_xacts p on p.gid = x.prepared
