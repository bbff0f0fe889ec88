-- How far the messages of a workspace have come: conversations that are due, and to come in history; those that were
-- read, and the requests that took so far. $1 its number. No row where none are read.
select s.read, sahut_etl.messages_due(s.workspace_id) as due, sahut_etl.messages_to_come(s.workspace_id) as to_come,
	r.read_count, l.requests, s.moved_count as moved, s.unmoved_count as unmoved,
	sahut_etl.to_usec(nullif(s.history_at, 'infinity')) as history_at, s.history_done
from sahut_etl.message_state s
cross join lateral (
	select count(*) as read_count from sahut_etl.message_reading x
	where x.workspace_id = s.workspace_id and x.read_at is not null
) r
cross join lateral (
	select coalesce(sum(x.requests), 0)::bigint as requests from sahut_etl.request_ledger x
	where x.workspace_id = s.workspace_id and x.purpose = 'messages'
) l
where s.workspace_id = $1::integer and s.read <> 'off'
