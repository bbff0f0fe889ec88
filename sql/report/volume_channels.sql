-- Long: day, channel, created. The seven busiest channels by name; the empty name is all others.
with its as materialized (
	select case when $7::text[] is not null then coalesce(array_agg(l.conversation_id), '{}') end as ids
	from sahut_report.conversation_labels l
	where l.workspace_name = $1 and l.label_name = any ($7::text[])
), stored as materialized (
	select d.day, d.channel_id, d.channel_name, d.team_id, d.created_count
	from sahut_report.daily_volume d
	where d.workspace_name = $1 and d.day between $2::date and $3::date and $5::text[] is null and $7::text[] is null
	union all
	select l.day, l.channel_id, l.channel_name, l.team_id, l.created_count
	from sahut_report.daily_label_volume l
	where l.workspace_name = $1 and l.day between $2::date and $3::date and l.label_name = any ($7::text[])
		and $5::text[] is null
), of_agent as materialized (
	select g.day, g.channel_id, c.channel_name, g.team_id, g.created_count
	from sahut_etl.report_workspace w
	cross join its i
	cross join lateral sahut_etl.volume_of(w.id, greatest($2::date, sahut_etl.told_from($1, $5::text[])), $3::date, i.ids,
		$5::text[]) g
	left join sahut_report.channels c on c.workspace_name = w.name and c.channel_id = g.channel_id
	where w.name = $1 and $5::text[] is not null
), counted as (
	select s.* from stored s
	union all
	select a.* from of_agent a
), sums as (
	select
		v.day, v.channel_id, coalesce(v.channel_name, v.channel_id, '?') as channel, v.created_count,
		sum(v.created_count) over (partition by v.channel_id) as total
	from counted v
	where ($4::text[] is null or coalesce(v.channel_id, '') = any ($4::text[]))
	and ($6::text[] is null or coalesce(v.team_id, '') = any ($6::text[]))
), ranked as (
	select s.day, s.channel, s.created_count, s.total, dense_rank()
		over (order by s.total desc, s.channel_id) as place from sums s
), named as (
	select case when r.place <= 7 then r.channel else '' end as channel, min(r.place) as place from ranked r
		group by 1
)
select
	d.day::date as day, n.channel,
	case when d.day >= (select sahut_etl.told_from($1, $5::text[])) then coalesce(sum(r.created_count), 0) end as created
from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d(day)
cross join named n
left join ranked r on r.day = d.day::date and case when r.place <= 7 then r.channel else '' end = n.channel
group by d.day, n.channel, n.place
order by d.day, n.place
