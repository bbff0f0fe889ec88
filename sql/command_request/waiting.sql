-- The workspaces that have command requests which are not done; of those that this daemon works on it is noted that it
-- has heard of them. $1 its session.
with heard as (
	update sahut_etl.command_request e set heard_at = clock_timestamp()
	from sahut_etl.workspace_lease l
	where l.workspace_id = e.workspace_id and l.backend = $1::integer and e.ended_at is null and e.heard_at is null
)
select distinct e.workspace_id as id from sahut_etl.command_request e where e.ended_at is null
