-- How fast is work handed out?
select
	created_day,
	round((percentile_cont(0.5) within group (order by first_assignment_duration_seconds) / 3600)::numeric,
	2) as median_hours,
	round((percentile_cont(0.9) within group (order by first_assignment_duration_seconds) / 3600)::numeric,
		2) as p90_hours
from sahut_report.conversations
where is_history_complete and first_assigned_at is not null and not is_first_assignment_estimated
	[[and {{workspace}}]]
	[[and {{day}}]]
group by 1
order by 1
