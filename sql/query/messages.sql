-- Conversations whose messages are to be read. $1 workspace, $2 turn, $3 how many, $4 when those that are not resolved
-- are read again (usec). The first row says how often messages moved updated_at, and did not.
(select 0::bigint as place, s.moved_count as moved, s.unmoved_count as unmoved, null as id,
	null::integer as message_count, null::integer as per_page, null as last_message_id, null::integer as reading,
	null::boolean as is_unresolved, null::bigint as changed_at, null::bigint as due_at
from sahut_etl.message_state s where s.workspace_id = $1::integer)
union all
(select p.place, null, null, p.id, p.message_count, p.per_page, p.last_message_id, p.reading, p.is_unresolved,
	sahut_etl.to_usec(p.changed_at), sahut_etl.to_usec(p.due_at)
from sahut_etl.pick_messages($1::integer, $2::integer, $3::integer, $4::bigint * interval '1 microsecond')
	with ordinality as p(id, message_count, per_page, last_message_id, reading, is_unresolved, changed_at, due_at, place))
order by 1
