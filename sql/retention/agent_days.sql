-- Daily figures of single agents, of days long ago. A day that is computed again brings them back until the next time.
-- $1 age (usec), 0: they stay; $2 is not needed: they are few.
with gone as (
	delete from sahut_etl.day_agent g
	using sahut_etl.report_workspace w
	where w.id = g.workspace_id and $1::bigint > 0 and $2::integer is not null
	and g.day < w.live_day - ($1::bigint / 86400000000)::integer and g.agent_id <> ''
	returning 1
)
select count(*) as removed from gone
