select
	b.day, sum(b.age_under_1d_count) as under_1d, sum(b.age_1d_to_3d_count) as "1d_to_3d",
	sum(b.age_3d_to_7d_count) as "3d_to_7d",
	sum(b.age_over_7d_count) as over_7d
from sahut_report.daily_backlog b
where b.workspace_name = $1 and b.day between $2::date and $3::date
group by 1
order by 1
