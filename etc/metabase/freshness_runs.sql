-- What happened in each run? Times of the workspace.
select
	sync_runs.id, workspace_name, kind, strategy, status, verdict, began_at at time zone reporting_timezone as began_at,
	duration_seconds, conversations_seen, conversations_new, conversations_changed, deletions_seen, api_requests,
	api_throttled, api_errors, error_class
from sahut_report.sync_runs
join sahut_report.data_freshness using (workspace_name)
where true
	[[and {{workspace}}]]
order by sync_runs.id desc
limit 100
