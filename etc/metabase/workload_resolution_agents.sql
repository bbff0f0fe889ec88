-- How long do resolutions take per agent, and do they hold? Of those that are a week old it is known.
with known as materialized (select min(data_day) as last_day from sahut_report.data_freshness)
select
	coalesce(agent_name, agent_id, '@(nobody)@') as agent, count(*) as resolutions,
	count(cycle_duration_seconds) as timed, count(*) - count(cycle_duration_seconds) as beginning_unknown,
	count(cycle_duration_seconds) filter (where is_estimated) as estimated,
	round((percentile_cont(0.5) within group (order by cycle_duration_seconds) / 3600)::numeric, 1) as median_hours,
	round((percentile_cont(0.5) within group (order by cycle_business_duration_seconds) / 3600)::numeric,
	1) as median_business_hours,
	round(avg(was_reopened_within_7d::integer) filter (where resolved_day
		<= (select last_day from known) - 8), 3) as reopened_7d_rate
from sahut_report.resolutions
where true
	[[and {{workspace}}]]
	[[and {{day}}]]
	[[and {{agent}}]]
group by workspace_name, agent_id, 1
order by 2 desc
