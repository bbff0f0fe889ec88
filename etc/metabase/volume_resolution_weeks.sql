-- Are we getting faster, typical and worst case? From creation, or from the reopening before it.
select
	date_trunc('week', resolved_day::timestamp)::date as week_begins,
	round((percentile_cont(0.5) within group (order by cycle_duration_seconds) / 3600)::numeric, 1) as median_hours,
	round((percentile_cont(0.9) within group (order by cycle_duration_seconds) / 3600)::numeric, 1) as p90_hours
from sahut_report.resolutions
where is_history_complete
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{channel_type}}]]
	[[and {{channel}}]]
group by 1
order by 1
