-- The ids that the scans of a run have shown are needed no longer when it ends. $1 workspace.
delete from sahut_etl.scan_seen where workspace_id = $1::integer
