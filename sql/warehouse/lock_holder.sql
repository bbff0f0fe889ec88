-- The session that is most likely in the way of a merge: it locks one of our tables against writing, or has written to
-- one and not committed yet; the oldest first. A migration, which changes tables, waits for readers as well. The
-- session's statement is shown only to roles that may see it. $1 1: a migration, 0: a merge.
select format('process %s of %s (%s%s) holds %s on %s', l.pid, r.rolname,
	coalesce(nullif(a.application_name, ''), 'without a name'),
	case when a.state like 'idle in%' then ', which does nothing in its transaction since ' else ', which runs ' end
		|| nullif(left(regexp_replace(a.query, '\s+', ' ', 'g'), 120), '<insufficient privilege>'),
	l.mode, l.relation::regclass) as lock_holder
from pg_locks l
join pg_class c on c.oid = l.relation
join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('sahut', 'sahut_etl', 'sahut_pii', 'sahut_report')
join pg_stat_activity a on a.pid = l.pid
left join pg_roles r on r.oid = a.usesysid
where l.granted and l.locktype = 'relation'
	and l.database = (select d.oid from pg_database d where d.datname = current_database())
and l.pid <> pg_backend_pid() and c.relkind in ('r', 'p', 'v')
and (l.mode in ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
	or (c.relname = 'workspace_lease' and l.mode = 'RowShareLock')
	or ($1::integer = 1 and l.mode in ('AccessShareLock', 'RowShareLock')))
order by l.mode in ('AccessShareLock', 'RowShareLock'), l.mode = 'RowExclusiveLock', a.xact_start nulls last, l.pid,
	l.relation
limit 1
