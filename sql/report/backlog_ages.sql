-- A row for every day of the period that has a backlog to be known, those included on which it was empty. Of an agent
-- nothing is told of days whose figures of single agents are not kept.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select b.day, b.channel_id, b.assignee_id, b.team_id, b.age_under_1d_count, b.age_1d_to_3d_count,
		b.age_3d_to_7d_count, b.age_over_7d_count
	from sahut_report.daily_backlog b
	where b.workspace_name = $1 and b.day between $2::date and $3::date and $7::text[] is null
), labelled as materialized (
	select b.day, b.channel_id, b.assignee_id, b.team_id, b.age_under_1d_count, b.age_1d_to_3d_count,
		b.age_3d_to_7d_count, b.age_over_7d_count
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.backlog_of(w.id, $2::date, $3::date, i.ids) b
	where w.name = $1 and $7::text[] is not null
), stock as (
	select s.* from stored s
	union all
	select l.* from labelled l
)
select
	d.day,
	case when d.is_told then coalesce(sum(b.age_under_1d_count), 0) end as under_1d,
	case when d.is_told then coalesce(sum(b.age_1d_to_3d_count), 0) end as "1d_to_3d",
	case when d.is_told then coalesce(sum(b.age_3d_to_7d_count), 0) end as "3d_to_7d",
	case when d.is_told then coalesce(sum(b.age_over_7d_count), 0) end as over_7d
from sahut_etl.report_workspace w
cross join lateral (
	select x.day::date as day, x.day >= (select sahut_etl.told_from($1, $5::text[])) as is_told
	from generate_series(greatest($2::date, w.history_day)::timestamp, least($3::date, w.last_day)::timestamp,
		interval '1 day') x(day)
) d
left join stock b on b.day = d.day
	and ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
where w.name = $1
group by d.day, d.is_told
order by 1
