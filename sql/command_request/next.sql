-- The oldest command_request of a workspace that is not done. $1 workspace.
update sahut_etl.command_request set taken_at = clock_timestamp()
where id = (
	select e.id from sahut_etl.command_request e where e.workspace_id = $1::integer and e.ended_at is null
		order by e.id limit 1)
returning id, kind
