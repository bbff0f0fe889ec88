-- The workspaces that have errands which are not done.
select distinct e.workspace_id from sahut_etl.errand e where e.ended_at is null
