-- From when is history known, and which days are still being calculated?
select
	workspace_name, history_started_at, complete_as_of, active_as_of, last_ok_at, reporting_timezone,
	conversation_count,
	rejected_item_count, pending_days
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]
order by workspace_name
