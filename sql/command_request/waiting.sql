-- The workspaces that have command_requests which are not done.
select distinct e.workspace_id from sahut_etl.command_request e where e.ended_at is null
