-- A row for every day of the period. The number resolved before history begins is not known, nor the number created
-- with a team; and of a label the number reopened is not counted by day.
with counted as materialized (
	select v.day, sum(v.created_count) as created, sum(v.resolved_count) as resolved,
		sum(v.reopened_count) as reopened
	from (
		select d.day, d.channel_id, d.team_id, d.created_count, d.resolved_count, d.reopened_count
		from sahut_report.daily_volume d
		where d.workspace_name = $1 and d.day between $2::date and $3::date and $6::text[] is null
		union all
		select l.day, l.channel_id, l.team_id, l.created_count, l.resolved_count, null
		from sahut_report.daily_label_volume l
		where l.workspace_name = $1 and l.day between $2::date and $3::date and l.label_name = any ($6::text[])
	) v
	where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(v.team_id, '') = any ($5::text[]))
	group by v.day
)
select
	d.day::date as day,
	case when d.day::date >= w.history_day or $5::text[] is null then coalesce(c.created, 0) end as created,
	case when d.day::date >= w.history_day then coalesce(c.resolved, 0) end as resolved,
	case when d.day::date >= w.history_day and $6::text[] is null then coalesce(c.reopened, 0) end as reopened
from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d(day)
join sahut_etl.report_workspace w on w.name = $1
left join counted c on c.day = d.day::date
order by 1
