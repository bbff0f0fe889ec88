-- The session that is most likely in the way of a merge: it locks one of our tables against writing, or has written to
-- one and not committed yet; the oldest first; and the statement that ends it. A migration, which changes tables, waits
-- for readers as well. The session's statement is shown only to roles that may see it. A prepared transaction has no
-- session. $1 1: a migration, 0: a merge.
select case when p.gid is null then format('process %s of %s (%s%s)', l.pid, r.rolname,
		coalesce(nullif(a.application_name, ''), 'without a name'),
		case when a.state like 'idle in%' then ', which does nothing in its transaction since '
			else ', which runs ' end
			|| nullif(left(regexp_replace(a.query, '\s+', ' ', 'g'), 120), '<insufficient privilege>'))
	else format('a prepared transaction of role %s, of %s UTC,', p.owner,
		to_char(p.prepared at time zone 'UTC', 'YYYY-MM-DD HH24:MI')) end
	|| format(' holds %s on %s', l.mode, l.relation::regclass) as lock_holder,
	case when p.gid is null then format('select pg_terminate_backend(%s)', l.pid)
		else format('rollback prepared %L', p.gid) end as its_end
from pg_locks l
join pg_class c on c.oid = l.relation
join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('sahut', 'sahut_etl', 'sahut_pii', 'sahut_report')
left join pg_stat_activity a on a.pid = l.pid
left join pg_roles r on r.oid = a.usesysid
left join (pg_catalog.pg_prepared_xacts p
	join pg_catalog.pg_locks x on x.transactionid = p.transaction and x.pid is null)
	on l.pid is null and x.virtualtransaction = l.virtualtransaction
where l.granted and l.locktype = 'relation' and (a.pid is not null or p.gid is not null)
	and l.database = (select d.oid from pg_database d where d.datname = current_database())
and l.pid is distinct from pg_backend_pid() and c.relkind in ('r', 'p', 'v')
and (l.mode in ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
	or (c.relname = 'workspace_lease' and l.mode = 'RowShareLock')
	or ($1::integer = 1 and l.mode in ('AccessShareLock', 'RowShareLock')))
order by l.mode in ('AccessShareLock', 'RowShareLock'), l.mode = 'RowExclusiveLock',
	coalesce(p.prepared, a.xact_start) nulls last, l.pid, l.relation
limit 1
