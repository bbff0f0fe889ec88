-- How fast is work handed out? One that waits took longer than any other: where too many wait, nothing is said yet.
with subject as (
	select
		created_day, is_first_assignment_estimated, first_assigned_at is null and first_resolved_at is null as waits,
		first_assigned_at is null and first_resolved_at is not null as resolved_unassigned,
		coalesce(first_assignment_duration_seconds, 'Infinity'::float8) as seconds
	from sahut_report.conversations
	where is_history_complete
		[[and {{workspace}}]]
		[[and {{day}}]]
)
select
	created_day,
	round((nullif(percentile_disc(0.5) within group (order by seconds) filter (where not resolved_unassigned),
		'Infinity') / 3600)::numeric, 2) as median_hours,
	round((nullif(percentile_disc(0.9) within group (order by seconds) filter (where not resolved_unassigned),
		'Infinity') / 3600)::numeric, 2) as p90_hours,
	count(*) filter (where not waits and not resolved_unassigned) as assigned, count(*) filter (where waits) as waiting,
	count(*) filter (where resolved_unassigned) as resolved_unassigned,
	count(*) filter (where is_first_assignment_estimated) as estimated
from subject
group by 1
order by 1
