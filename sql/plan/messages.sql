-- How far the messages of a workspace have come: conversations that are due, and to come in history; those that were
-- read, and the pages that these have. $1 its number. No row where none are read.
select s.read, sahut_etl.messages_due(s.workspace_id) as due, sahut_etl.messages_to_come(s.workspace_id) as to_come,
	r.read_count, r.pages, s.moved_count as moved, s.unmoved_count as unmoved,
	sahut_etl.to_usec(nullif(s.history_at, 'infinity')) as history_at, s.history_done
from sahut_etl.message_state s
cross join lateral (
	select count(*) as read_count, coalesce(sum(1 + greatest(0, x.message_count - 1) / x.per_page), 0) as pages
	from sahut_etl.message_reading x
	where x.workspace_id = s.workspace_id and x.read_at is not null
) r
where s.workspace_id = $1::integer and s.read <> 'off'
