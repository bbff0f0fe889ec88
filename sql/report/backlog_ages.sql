-- A row for every day of the period that has a backlog to be known, those included on which it was empty. Of an agent
-- nothing is told of days whose figures of single agents are not kept.
with stock as materialized (
	select p.day, p.age_under_1d_count, p.age_1d_to_3d_count, p.age_3d_to_7d_count, p.age_over_7d_count
	from sahut_etl.backlog_part_of($1, $2::date, $3::date, $4::text[], $5::text[], $6::text[], $7::text[]) p
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
where w.name = $1
group by d.day, d.is_told
order by 1
