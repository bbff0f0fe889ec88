-- A row for each day, status, channel, agent and team, as it stood at the end of the day. Of a label: of conversations
-- that carry it now. Days whose single agents are not kept have none there either.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), labelled as materialized (
	select b.day, b.status, b.channel_id, case when b.day < w.agents_from and b.assignee_id is not null then '*'
			else b.assignee_id end as assignee_id, b.team_id,
		sum(b.conversation_count) as n, sum(b.age_under_1d_count) as n_0, sum(b.age_1d_to_3d_count) as n_1,
		sum(b.age_3d_to_7d_count) as n_3, sum(b.age_over_7d_count) as n_7,
		max(round(extract(epoch from b.measured_at - least(b.measured_at, b.oldest_created_at))::numeric / 3600, 2)) as oldest
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.backlog_of(w.id, $2::date, $3::date, i.ids) b
	where w.name = $1 and $7::text[] is not null
	group by 1, 2, 3, 4, 5
), stored as materialized (
	select
		b.workspace_name as workspace, b.day, b.status, b.channel_id, b.channel_type, b.channel_name as channel,
		b.assignee_id,
		b.assignee_name as agent, b.team_name as team, b.conversation_count as conversations,
		b.age_under_1d_count as d_0, b.age_1d_to_3d_count as d_1, b.age_3d_to_7d_count as d_3,
		b.age_over_7d_count as d_7,
		b.oldest_age_hours as oldest_hours, b.team_id
	from sahut_report.daily_backlog b
	where b.workspace_name = $1 and b.day between $2::date and $3::date and $7::text[] is null
), lay as materialized (
	select s.* from stored s
	union all
	select
		$1, x.day, x.status, x.channel_id, c.channel_type, c.channel_name, x.assignee_id,
		case x.assignee_id when '*' then '(agents)' else a.agent_name end, t.team_name, x.n, x.n_0, x.n_1, x.n_3, x.n_7,
		x.oldest, x.team_id
	from labelled x
	left join sahut_report.channels c on c.workspace_name = $1 and c.channel_id = x.channel_id
	left join sahut_report.agents a on a.workspace_name = $1 and a.agent_id = x.assignee_id
	left join sahut_report.teams t on t.workspace_name = $1 and t.team_id = x.team_id
)
select
	b.workspace, b.day, b.status, b.channel_id, b.channel_type, b.channel, b.assignee_id, b.agent, b.team, b.conversations,
	b.d_0 as under_1d, b.d_1 as "1d_to_3d", b.d_3 as "3d_to_7d", b.d_7 as over_7d, b.oldest_hours
from lay b
where ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
order by b.day, b.status, b.channel_id, b.assignee_id, b.team_id
