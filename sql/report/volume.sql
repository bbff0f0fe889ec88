-- A row for each day and channel, days without any left out. Of a label: of conversations that carry it now; what was
-- reopened of them is not counted by day.
select
	v.workspace_name as workspace, v.day, v.channel_id, v.channel_type, v.channel_name as channel,
	sum(v.created_count) as created, sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened
from (
	select d.workspace_name, d.day, d.channel_id, d.channel_type, d.channel_name, d.team_id, d.created_count,
		d.resolved_count, d.reopened_count
	from sahut_report.daily_volume d
	where d.workspace_name = $1 and d.day between $2::date and $3::date and $6::text[] is null
	union all
	select l.workspace_name, l.day, l.channel_id, l.channel_type, l.channel_name, l.team_id, l.created_count,
		l.resolved_count, null
	from sahut_report.daily_label_volume l
	where l.workspace_name = $1 and l.day between $2::date and $3::date and l.label_name = any ($6::text[])
) v
where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
and ($5::text[] is null or coalesce(v.team_id, '') = any ($5::text[]))
group by 1, 2, 3, 4, 5
order by v.day, v.channel_name, v.channel_id
