-- The fifteen labels that came most.
with of_agent as materialized (
	select g.label_name, g.channel_id, g.team_id, g.created_count, g.resolved_count
	from sahut_etl.report_workspace w
	cross join lateral sahut_etl.labels_of(w.id, greatest($2::date, sahut_etl.told_from($1, $5::text[])), $3::date, null,
		$5::text[]) g
	where w.name = $1 and $5::text[] is not null
), stored as materialized (
	select d.label_name, d.channel_id, d.team_id, d.created_count, d.resolved_count
	from sahut_report.daily_label_volume d
	where d.workspace_name = $1 and d.day between $2::date and $3::date and $5::text[] is null
), counted as (
	select s.* from stored s
	union all
	select a.* from of_agent a
)
select v.label_name as label, sum(v.created_count) as created, sum(v.resolved_count) as resolved
from counted v
where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($6::text[] is null or coalesce(v.team_id, '') = any ($6::text[]))
	and ($7::text[] is null or v.label_name = any ($7::text[]))
group by 1
having sum(v.created_count) > 0
order by 2 desc, 1
limit 15
