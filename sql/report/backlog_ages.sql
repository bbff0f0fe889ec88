-- A row for every day of the period that has a backlog to be known, those included on which it was empty.
select
	d.day, coalesce(sum(b.age_under_1d_count), 0) as under_1d, coalesce(sum(b.age_1d_to_3d_count), 0) as "1d_to_3d",
	coalesce(sum(b.age_3d_to_7d_count), 0) as "3d_to_7d",
	coalesce(sum(b.age_over_7d_count), 0) as over_7d
from sahut_etl.report_workspace w
cross join lateral (
	select x.day::date as day
	from generate_series(greatest($2::date, w.history_day)::timestamp, least($3::date, w.last_day)::timestamp,
		interval '1 day') x(day)
) d
left join sahut_report.daily_backlog b on b.workspace_name = $1 and b.day = d.day
	and b.day between $2::date and $3::date
	and ($4::text[] is null or coalesce(b.channel_id, '') = any ($4::text[]))
	and ($5::text[] is null or coalesce(b.assignee_id, '') = any ($5::text[]))
	and ($6::text[] is null or coalesce(b.team_id, '') = any ($6::text[]))
where w.name = $1
group by 1
order by 1
