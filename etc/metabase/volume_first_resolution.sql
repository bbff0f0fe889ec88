-- How long until the first resolution, on average? Of conversations whose history is known from their creation.
select round(sum(first_resolution_seconds_sum) / nullif(sum(first_resolved_count), 0) / 3600.0, 1) as average_hours
from sahut_report.daily_volume
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
