-- Whether a workspace is known to be complete, and since when it is paused. $1 name.
select w.complete_as_of is not null and p.state in ('proven', 'excepted') as is_complete,
	to_char(w.paused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as paused_at
from sahut_etl.workspace w
join sahut_etl.proof p on p.workspace_id = w.id
where w.name = $1
