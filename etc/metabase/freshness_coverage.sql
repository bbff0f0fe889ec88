-- From when is history known, and which days are still being calculated? Times of the workspace.
select
	workspace_name, history_started_at at time zone reporting_timezone as history_started_at,
	complete_as_of at time zone reporting_timezone as complete_at,
	active_as_of at time zone reporting_timezone as active_at,
	last_ok_at at time zone reporting_timezone as last_ok_at, reporting_timezone, conversation_count, rejected_item_count,
	pending_days
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]
order by workspace_name
