-- Items that could not be loaded, those that hold the instants first.
-- $1 workspace's name, or null: all; $2 id, or null: all.
select
	w.name as workspace, r.fingerprint as id,
	case when r.accepted_at is not null then 'accepted' when r.is_misshapen then 'page' else 'holds' end as state,
	to_char(r.first_seen_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
	to_char(r.accepted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as accepted_at,
	r.accepted_by, r.reason
from sahut_etl.rejected_item r
join sahut_etl.workspace w on w.id = r.workspace_id
where ($1::text is null or w.name = $1) and ($2::text is null or r.fingerprint = $2)
order by w.name, r.accepted_at is not null, r.is_misshapen, r.first_seen_at, r.fingerprint
