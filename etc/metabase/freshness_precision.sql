-- How exact are the times of changes? The last thirty days.
with newest as materialized (select max(day) as day from sahut_report.daily_volume)
select
	occurred_day,
	round((percentile_cont(0.5) within group (order by uncertainty_seconds) / 60)::numeric, 1) as median_minutes,
	round((percentile_cont(0.95) within group (order by uncertainty_seconds) / 60)::numeric, 1) as p95_minutes
from sahut_report.conversation_events
where event_type <> 'created' and occurred_day > (select day from newest) - 30
	[[and {{workspace}}]]
group by 1
order by 1
