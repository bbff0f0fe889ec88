-- Do we keep up with what comes in? What was resolved before the first load is not known.
with days as (
	select workspace_name, day, measured_hours
	from sahut_report.calendar
	where is_begun
		[[and {{workspace}}]]
		[[and {{day}}]]
), volume as (
	select workspace_name, day, created_count, resolved_count, reopened_count
	from sahut_report.daily_volume
	where day between (select min(day) from days) and (select max(day) from days)
		[[and {{channel_type}}]]
		[[and {{channel}}]]
)
select
	day, coalesce(sum(created_count), 0) as created,
	case when max(measured_hours) > 0 then coalesce(sum(resolved_count), 0) end as resolved,
	case when max(measured_hours) > 0 then coalesce(sum(reopened_count), 0) end as reopened
from days left join volume using (workspace_name, day)
group by day
order by day
