-- The backlog of a day is that of the day before and what came into it, without what left it: for each channel, agent
-- and team. A row here is one for which that does not hold.
with flow as (
	select
		workspace_name, day, channel_id, assignee_id, team_id,
		sum(created_count + reopened_count + moved_in_count - resolved_count - moved_out_count) as change
	from {{ source('sahut', 'daily_flow') }}
	group by 1, 2, 3, 4, 5
), stock as (
	select workspace_name, day, channel_id, assignee_id, team_id, sum(conversation_count) as stock
	from {{ source('sahut', 'daily_backlog') }}
	group by 1, 2, 3, 4, 5
), day as (
	select workspace_name, day, lag(day) over (partition by workspace_name order by day) = day - 1 as follows
	from {{ source('sahut', 'calendar') }}
	where measured_hours > 0 and is_over and is_refreshed
), moved as (
	select workspace_name, day, channel_id, assignee_id, team_id, stock as stock, 0 as before, 0 as change from stock
	union all
	select workspace_name, day + 1, channel_id, assignee_id, team_id, 0, stock, 0 from stock
	union all
	select workspace_name, day, channel_id, assignee_id, team_id, 0, 0, change from flow
)
select
	workspace_name, day, channel_id, assignee_id, team_id, sum(stock) as stock, sum(before) as before,
	sum(change) as change
from moved
join day using (workspace_name, day)
where follows
group by 1, 2, 3, 4, 5
having sum(stock) <> sum(before) + sum(change)
