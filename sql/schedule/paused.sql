-- The workspaces whose schedule a person has stopped.
select w.id, w.name, sahut_etl.to_usec(w.paused_at) as since,
	to_char(w.paused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since_text, w.paused_by
from sahut_etl.workspace w
where w.paused_at is not null
