-- A row for each day and channel, days without any left out. Of a label: of conversations that carry it now; what was
-- reopened of them is not counted by day. Of an agent: each event with whoever had the conversation then.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select d.workspace_name, d.day, d.channel_id, d.channel_type, d.channel_name, d.team_id, d.created_count,
		d.resolved_count, d.reopened_count
	from sahut_report.daily_volume d
	where d.workspace_name = $1 and d.day between $2::date and $3::date and $5::text[] is null and $7::text[] is null
	union all
	select l.workspace_name, l.day, l.channel_id, l.channel_type, l.channel_name, l.team_id, l.created_count,
		l.resolved_count, null
	from sahut_report.daily_label_volume l
	where l.workspace_name = $1 and l.day between $2::date and $3::date and l.label_name = any ($7::text[])
		and $5::text[] is null
), of_agent as materialized (
	select w.name, g.day, g.channel_id, c.channel_type, c.channel_name, g.team_id, g.created_count, g.resolved_count,
		case when $7::text[] is null then g.reopened_count end
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.volume_of(w.id, greatest($2::date, sahut_etl.told_from($1, $5::text[])), $3::date, i.ids,
		$5::text[]) g
	left join sahut_report.channels c on c.workspace_name = w.name and c.channel_id = g.channel_id
	where w.name = $1 and $5::text[] is not null
)
select
	v.workspace_name as workspace, v.day, v.channel_id, v.channel_type, v.channel_name as channel,
	sum(v.created_count) as created, sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened
from (
	select s.* from stored s
	union all
	select a.* from of_agent a
) v
where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
and ($6::text[] is null or coalesce(v.team_id, '') = any ($6::text[]))
group by 1, 2, 3, 4, 5
order by v.day, v.channel_name, v.channel_id
