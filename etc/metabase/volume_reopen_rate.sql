-- How well do resolutions hold? Reopened as a share of resolved, both in the period.
select round(sum(reopened_count)::numeric / nullif(sum(resolved_count), 0), 4) as reopen_rate
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
