-- Up to when is every change in the data? The time of the workspace.
select to_char(complete_as_of at time zone reporting_timezone, 'YYYY-MM-DD HH24:MI') as complete_at
from sahut_report.data_freshness
where true
	[[and {{workspace}}]]
order by complete_as_of nulls first
limit 1
