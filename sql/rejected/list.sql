-- All that could not be loaded: items, those that hold the instants first, and messages.
-- $1 workspace's name, or null: all; $2 id, or null: all.
select
	w.name as workspace, r.id, r.state,
	to_char(r.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
	to_char(r.accepted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as accepted_at,
	r.accepted_by, r.reason
from (
	select i.workspace_id, i.fingerprint as id,
		case when i.accepted_at is not null then 'accepted' when i.is_misshapen then 'page' else 'holds' end as state,
		i.first_seen_at as since, i.accepted_at, i.accepted_by, i.reason,
		case when i.accepted_at is not null then 3 when i.is_misshapen then 1 else 0 end as place
	from sahut_etl.rejected_item i
	union all
	select m.workspace_id, sahut_etl.message_name(m), case when m.accepted_at is null then 'message' else 'accepted' end,
		m.seen_at, m.accepted_at, m.accepted_by, m.reason, case when m.accepted_at is null then 2 else 3 end
	from sahut_etl.rejected_message m
) r
join sahut_etl.workspace w on w.id = r.workspace_id
where ($1::text is null or w.name = $1) and ($2::text is null or r.id = $2)
order by w.name, r.place, r.since, r.id
