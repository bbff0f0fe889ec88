-- The queued days of a workspace could not be computed. $1 workspace, $2 kind of the failure, $3 its text.
insert into sahut_etl.report_failure (workspace_id, error_kind, error_text) values ($1::integer, $2, $3)
on conflict (workspace_id) do update
set failures = report_failure.failures + 1, failed_at = clock_timestamp(), error_kind = excluded.error_kind,
	error_text = excluded.error_text
