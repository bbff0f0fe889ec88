-- Long: day, channel, created. The seven busiest channels by name; the empty name is all others.
with sums as (
	select
		v.day, v.channel_id, coalesce(v.channel_name, v.channel_id, '?') as channel, v.created_count,
		sum(v.created_count) over (partition by v.channel_id) as total
	from sahut_report.daily_volume v
	where v.workspace_name = $1 and v.day between $2::date and $3::date
), ranked as (
	select s.day, s.channel, s.created_count, s.total, dense_rank()
		over (order by s.total desc, s.channel_id) as place from sums s
), named as (
	select case when r.place <= 7 then r.channel else '' end as channel, min(r.place) as place from ranked r
		group by 1
)
select d.day::date as day, n.channel, coalesce(sum(r.created_count), 0) as created
from generate_series($2::date::timestamp, $3::date::timestamp, interval '1 day') d(day)
cross join named n
left join ranked r on r.day = d.day::date and case when r.place <= 7 then r.channel else '' end = n.channel
group by d.day, n.channel, n.place
order by d.day, n.place
