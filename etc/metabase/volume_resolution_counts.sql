-- How many of the resolutions do those hours stand for, and how many were left out?
select
	date_trunc('week', resolved_day::timestamp)::date as week_begins, count(*) as resolutions,
	count(cycle_duration_seconds) as timed, count(*) - count(cycle_duration_seconds) as beginning_unknown,
	count(cycle_duration_seconds) filter (where is_estimated) as estimated,
	round((percentile_cont(0.5) within group (order by cycle_duration_seconds) / 3600)::numeric, 1) as median_hours,
	round((percentile_cont(0.5) within group (order by cycle_business_duration_seconds) / 3600)::numeric, 1)
		as median_business_hours,
	round((percentile_cont(0.9) within group (order by cycle_duration_seconds) / 3600)::numeric, 1) as p90_hours
from sahut_report.resolutions
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by 1
order by 1 desc
