-- The event that one of our processes waits for. $1 its number.
select case
	when a.wait_event = 'SyncRep' then 'a synchronous standby does not confirm the commit (wait_event SyncRep): see '
		'synchronous_standby_names and pg_stat_replication'
	when a.wait_event_type = 'Lock' then format('it waits for a lock (%s) that process %s holds', a.wait_event,
		array_to_string(pg_blocking_pids(a.pid), ', '))
	when a.wait_event is not null then format('it waits for %s %s', a.wait_event_type, a.wait_event)
	else 'it works' end as event
from pg_catalog.pg_stat_activity a
where a.pid = $1::integer
