-- What the scans of a run have shown is needed no longer when it ends. $1 workspace.
delete from sahut_etl.scan_seen where workspace_id = $1::integer
