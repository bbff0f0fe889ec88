-- The present and the next work of the daemon on a workspace. Lost in a crash of the server it would be written again:
-- nobody waits for the disk. $1 workspace, $2 the rest, as JSON, $3 the session that has the lease: it stays in force
-- until the next cycle. The row is not waited for: a commit moves the lease on as well.
with no_hurry as (
	select set_config('synchronous_commit', 'off', true)
), in_force as (
	update sahut_etl.workspace_lease l
	set held_until = greatest(l.held_until, sahut_etl.lease_term()
		+ least(sahut_etl.from_usec(($2::jsonb ->> 'next_at')::bigint), now() + interval '1 day'))
	where l.workspace_id = (
		select x.workspace_id from sahut_etl.workspace_lease x
		where x.workspace_id = $1::integer and x.backend = $3::integer for update skip locked)
)
insert into sahut_etl.schedule as s (
	workspace_id, incremental, verify, full_at, next_kind, next_at, running, running_since, trouble,
		trouble_since, failures, advice, webhook_listen, last_event_at, event_delay, unspoken_changes)
select $1::integer, m.incremental * interval '1 microsecond', m.verify * interval '1 microsecond',
	time '00:00' + m.full_at * interval '1 minute',
	m.next_kind, sahut_etl.from_usec(m.next_at), m.running, sahut_etl.from_usec(m.running_since),
	m.trouble, sahut_etl.from_usec(m.trouble_since), m.failures, m.advice,
	m.listen, sahut_etl.from_usec(m.event_at), m.event_delay * interval '1 microsecond',
	coalesce(m.unspoken, 0)
from no_hurry, jsonb_to_record($2::jsonb) m(
	incremental bigint, verify bigint, full_at integer, next_kind text, next_at bigint, running text,
	running_since bigint,
	trouble text, trouble_since bigint, failures integer, advice text,
	listen text, event_at bigint, event_delay bigint, unspoken bigint)
on conflict (workspace_id) do update
set incremental = excluded.incremental, verify = excluded.verify, full_at = excluded.full_at,
	next_kind = excluded.next_kind, next_at = excluded.next_at, running = excluded.running,
	running_since = excluded.running_since,
	trouble = excluded.trouble, trouble_since = excluded.trouble_since, failures = excluded.failures,
	advice = excluded.advice, asleep_until = null, webhook_listen = excluded.webhook_listen,
	-- Of another process that took events nothing is known here.
	last_event_at = coalesce(excluded.last_event_at, s.last_event_at),
	event_delay = coalesce(excluded.event_delay, s.event_delay), unspoken_changes = excluded.unspoken_changes,
	written_at = clock_timestamp()
