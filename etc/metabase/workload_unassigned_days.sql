-- Do conversations stay without an owner overnight? Open and pending.
with days as (
	select workspace_name, day
	from sahut_report.calendar
	where measured_hours > 0
		[[and {{workspace}}]]
		[[and {{day}}]]
), stock as materialized (
	select workspace_name, day, conversation_count, oldest_age_hours
	from sahut_report.daily_backlog
	where is_unassigned and is_active
		and day between (select min(day) from days) and (select max(day) from days)
)
select day, coalesce(sum(conversation_count), 0) as unassigned, round(max(oldest_age_hours), 1) as oldest_hours
from days left join stock using (workspace_name, day)
group by day
order by day
