-- How long until the first resolution? Half of them took no longer. Of those that are known from creation.
select
	round((percentile_cont(0.5) within group (order by cycle_duration_seconds) / 3600)::numeric, 1) as median_hours
from sahut_report.resolutions
where is_first_resolution
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
