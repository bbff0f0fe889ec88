-- Of what came into the backlog and left it on days long ago: which agent it was. All agents of a day become one, '*'.
-- $1 age (usec), 0: they stay; $2 is not needed: they are few.
with gone as (
	delete from sahut_etl.day_flow f
	using sahut_etl.report_workspace w
	where w.id = f.workspace_id and $1::bigint > 0 and $2::integer is not null
	and f.day < w.live_day - ($1::bigint / 86400000000)::integer and f.assignee_id <> '*'
	returning f.*
), kept as (
	insert into sahut_etl.day_flow (workspace_id, day, channel_id, assignee_id, team_id, created_count, reopened_count,
		moved_in_count, resolved_count, moved_out_count, active_seconds)
	select g.workspace_id, g.day, g.channel_id, '*', g.team_id, sum(g.created_count), sum(g.reopened_count),
		sum(g.moved_in_count), sum(g.resolved_count), sum(g.moved_out_count), sum(g.active_seconds)
	from gone g
	group by g.workspace_id, g.day, g.channel_id, g.team_id
)
select count(*) as removed from gone
