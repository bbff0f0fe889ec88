-- A row for each channel, the busiest first. Of the first resolutions the middle one.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select d.channel_id, d.channel_type, d.channel_name, d.team_id, d.created_count, d.resolved_count,
		d.reopened_count
	from sahut_report.daily_volume d
	where d.workspace_name = $1 and d.day between $2::date and $3::date and $5::text[] is null and $7::text[] is null
	union all
	select l.channel_id, l.channel_type, l.channel_name, l.team_id, l.created_count, l.resolved_count, null
	from sahut_report.daily_label_volume l
	where l.workspace_name = $1 and l.day between $2::date and $3::date and l.label_name = any ($7::text[])
		and $5::text[] is null
), of_agent as materialized (
	select g.channel_id, c.channel_type, c.channel_name, g.team_id, g.created_count, g.resolved_count,
		case when $7::text[] is null then g.reopened_count end
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.volume_of(w.id, greatest($2::date, sahut_etl.told_from($1, $5::text[])), $3::date, i.ids,
		$5::text[]) g
	left join sahut_report.channels c on c.workspace_name = w.name and c.channel_id = g.channel_id
	where w.name = $1 and $5::text[] is not null
), timed as materialized (
	select
		coalesce(r.channel_id, '') as channel_id,
		round((percentile_cont(0.5) within group (order by r.cycle_duration_seconds)
			filter (where r.is_first_resolution) / 3600)::numeric, 2) as hours,
		count(*) filter (where not r.is_history_complete) as untimed
	from sahut_report.resolutions r
	where r.workspace_name = $1 and r.resolved_day between $2::date and $3::date
	and r.resolved_day >= (select sahut_etl.told_from($1, $5::text[]))
	and ($5::text[] is null or coalesce(r.agent_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(r.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or r.conversation_id in (
		select l.conversation_id from sahut_report.conversation_labels l where l.label_name = any ($7::text[])))
	group by 1
), summed as materialized (
	select
		v.channel_id, v.channel_type, max(v.channel_name) as channel_name, sum(v.created_count) as created,
		sum(v.resolved_count) as resolved, sum(v.reopened_count) as reopened
	from (
		select s.* from stored s
		union all
		select a.* from of_agent a
	) v
	where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($6::text[] is null or coalesce(v.team_id, '') = any ($6::text[]))
	group by v.channel_id, v.channel_type
)
select
	s.channel_name as channel, s.channel_type, s.created,
	round(s.created / nullif(sum(s.created) over (), 0), 4) as share,
	s.resolved, s.reopened, round(s.reopened::numeric / nullif(s.resolved, 0), 4) as reopen_rate,
	t.hours as first_resolution_hours, coalesce(t.untimed, 0) as resolved_untimed
from summed s
left join timed t on t.channel_id = coalesce(s.channel_id, '')
order by s.created desc, s.channel_id
