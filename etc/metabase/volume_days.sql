-- Do we keep up with what comes in? What was resolved before the first load is not known. The last day is not over.
with days as (
	select workspace_name, day, measured_hours, is_over
	from sahut_report.calendar
	where is_begun
		[[and {{workspace}}]]
		[[and {{day}}]]
), volume as materialized (
	select workspace_name, day, created_count, resolved_count, reopened_count
	from sahut_report.daily_volume
	where day between (select min(day) from days) and (select max(day) from days)
		[[and {{channel_type}}]]
		[[and {{channel}}]]
), total as (
	select
		day, coalesce(sum(created_count), 0) as created,
		case when max(measured_hours) > 0 then coalesce(sum(resolved_count), 0) end as resolved,
		case when max(measured_hours) > 0 then coalesce(sum(reopened_count), 0) end as reopened,
		bool_and(is_over) as is_over, coalesce(not lead(bool_and(is_over)) over (order by day), false) as is_before_last
	from days left join volume using (workspace_name, day)
	group by day
)
-- A line of its own leads to the day that is not over.
select
	day, case when is_over then created end as created, case when is_over then resolved end as resolved,
	case when is_over then reopened end as reopened,
	case when not is_over or is_before_last then created end as created_so_far,
	case when not is_over or is_before_last then resolved end as resolved_so_far,
	case when not is_over or is_before_last then reopened end as reopened_so_far
from total
order by day
