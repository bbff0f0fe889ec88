-- A queued day of a workspace could be computed. $1 workspace.
delete from sahut_etl.report_failure f where f.workspace_id = $1::integer
