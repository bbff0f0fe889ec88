-- Of the backlog of days long ago: which agent had it. All agents of a day become one, '*'. $1 age (usec), 0: they
-- stay; $2 is not needed: they are few.
with gone as (
	delete from sahut_etl.day_backlog b
	using sahut_etl.report_workspace w
	where w.id = b.workspace_id and $1::bigint > 0 and $2::integer is not null
	and b.day < w.live_day - ($1::bigint / 86400000000)::integer and b.assignee_id <> '*'
	returning b.*
), kept as (
	insert into sahut_etl.day_backlog (workspace_id, day, measured_at, status, channel_id, assignee_id, team_id,
		conversation_count, age_seconds_sum, age_under_1d_count, age_1d_to_3d_count, age_3d_to_7d_count,
		age_over_7d_count, oldest_created_at)
	select g.workspace_id, g.day, g.measured_at, g.status, g.channel_id, '*', g.team_id, sum(g.conversation_count),
		sum(g.age_seconds_sum), sum(g.age_under_1d_count), sum(g.age_1d_to_3d_count), sum(g.age_3d_to_7d_count),
		sum(g.age_over_7d_count), min(g.oldest_created_at)
	from gone g
	group by g.workspace_id, g.day, g.measured_at, g.status, g.channel_id, g.team_id
)
select count(*) as removed from gone
