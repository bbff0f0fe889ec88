-- Is the backlog growing, and in which status?
with days as (
	select workspace_name, day
	from sahut_report.calendar
	where measured_hours > 0
		[[and {{workspace}}]]
		[[and {{day}}]]
), stock as materialized (
	select workspace_name, day, status, sum(conversation_count) as conversation_count
	from (
		select *
		from sahut_report.daily_backlog
		where day between (select min(day) from days) and (select max(day) from days)
			[[and {{channel_type}}]]
			[[and {{channel}}]]
	) b
	group by workspace_name, day, status
)
select day, status, coalesce(sum(conversation_count), 0) as conversations
from (select distinct status from stock) s
cross join days
left join stock using (workspace_name, day, status)
group by day, status
order by day
