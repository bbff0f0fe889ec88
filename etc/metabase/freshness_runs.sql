-- What happened in each run?
select
	id, workspace_name, kind, strategy, status, verdict, began_at, duration_seconds, conversations_seen,
	conversations_new,
	conversations_changed, deletions_seen, api_requests, api_throttled, api_errors, error_class
from sahut_report.sync_runs
where true
	[[and {{workspace}}]]
order by id desc
limit 100
