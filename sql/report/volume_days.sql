-- A row for every day of the period. The number resolved before history begins is not known, nor the number created
-- with a team or an agent; of a label the number reopened is not counted by day. Of an agent nothing is told of days
-- whose figures of single agents are not kept.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select d.day, d.channel_id, d.team_id, d.created_count, d.resolved_count, d.reopened_count
	from sahut_report.daily_volume d
	where d.workspace_name = $1 and d.day between $2::date and $3::date and $5::text[] is null and $7::text[] is null
	union all
	select l.day, l.channel_id, l.team_id, l.created_count, l.resolved_count, null
	from sahut_report.daily_label_volume l
	where l.workspace_name = $1 and l.day between $2::date and $3::date and l.label_name = any ($7::text[])
		and $5::text[] is null
), of_agent as materialized (
	select g.day, g.channel_id, g.team_id, g.created_count, g.resolved_count,
		case when $7::text[] is null then g.reopened_count end
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.volume_of(w.id, greatest($2::date, sahut_etl.told_from($1, $5::text[])), $3::date, i.ids,
		$5::text[]) g
	where w.name = $1 and $5::text[] is not null
), counted as materialized (
	select v.day, sum(v.created_count) as created, sum(v.resolved_count) as resolved,
		sum(v.reopened_count) as reopened
	from (
		select s.* from stored s
		union all
		select a.* from of_agent a
	) v
	where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($6::text[] is null or coalesce(v.team_id, '') = any ($6::text[]))
	group by v.day
)
select
	d.day::date as day,
	case when d.day >= t.history_day or $5::text[] is null and $6::text[] is null
		then coalesce(c.created, 0) end as created,
	case when d.day >= t.history_day then coalesce(c.resolved, 0) end as resolved,
	case when d.day >= t.history_day and $7::text[] is null then coalesce(c.reopened, 0) end as reopened
from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d(day)
cross join (
	select greatest(w.history_day, sahut_etl.told_from($1, $5::text[])) as history_day
	from sahut_etl.report_workspace w where w.name = $1
) t
left join counted c on c.day = d.day::date
order by 1
